param name string
param location string
param tags object
param version string
param sku { name: string, tier: string }
param storageGB int
param backupDays int
param highAvailability bool
param geoBackup bool

@description('Empty leaves the password that the server has.')
@secure()
param password string

@description('Empty for a public address behind the firewall.')
param subnetId string
param dnsZoneId string
param allowedIps string[]

@description('An Entra administrator; empty for none.')
param adminObjectId string
param adminName string
param adminType string

@description('Puts a lock against deletion on the server.')
param isLocked bool

var isPrivate = !empty(subnetId)
var hasAdmin = !empty(adminObjectId)

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: sku.name
    tier: sku.tier
  }
  properties: {
    version: version
    administratorLogin: 'marketing'
    administratorLoginPassword: empty(password) ? null : password
    // The app signs in with the password; people may sign in with Entra.
    authConfig: {
      passwordAuth: 'Enabled'
      activeDirectoryAuth: hasAdmin ? 'Enabled' : 'Disabled'
      tenantId: hasAdmin ? tenant().tenantId : null
    }
    storage: { storageSizeGB: storageGB, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: backupDays, geoRedundantBackup: geoBackup ? 'Enabled' : 'Disabled' }
    highAvailability: { mode: highAvailability ? 'ZoneRedundant' : 'Disabled' }
    network: isPrivate
      ? { delegatedSubnetResourceId: subnetId, privateDnsZoneArmResourceId: dnsZoneId }
      : { publicNetworkAccess: 'Enabled' }
  }

  resource database 'databases' = {
    name: 'marketing'
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  }
}

// One change at a time: the server refuses a second one while it is busy with the first.
resource admin 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2024-08-01' = if (hasAdmin) {
  parent: server
  name: hasAdmin ? adminObjectId : 'none'
  properties: {
    principalName: adminName
    principalType: adminType
    tenantId: tenant().tenantId
  }
  dependsOn: [server::database]
}

// 0.0.0.0 stands for every address inside Azure: instances of Flex Consumption have no fixed ones.
resource azure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = if (!isPrivate) {
  parent: server
  name: 'azure'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
  dependsOn: [server::database, admin]
}

@batchSize(1)
resource allowed 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2024-08-01' = [
  for (ip, i) in (isPrivate ? [] : allowedIps): {
    parent: server
    name: 'allowed-${i}'
    properties: { startIpAddress: ip, endIpAddress: ip }
    dependsOn: [azure]
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  scope: server
  name: 'keep'
  properties: { level: 'CanNotDelete', notes: 'Holds everything that must last.' }
}

output id string = server.id
output host string = server.properties.fullyQualifiedDomainName
output login string = server.properties.administratorLogin
output databaseName string = server::database.name
