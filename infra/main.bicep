// Everything that Marketing runs on: one resource group, one environment. docs/operations.md walks through it.
targetScope = 'resourceGroup'

@description('What the resources are for; part of their names. Lower-case letters and digits.')
@minLength(3)
@maxLength(10)
param workload string = 'marketing'

@description('Part of the names and tags. prod also puts a lock against deletion on the database.')
@allowed(['dev', 'prod'])
param environment string

@description('Flex Consumption is not in every region: az functionapp list-flexconsumption-locations')
param location string = resourceGroup().location

@description('Added to the tags workload and environment on every resource.')
param tags object = {}

// Secrets. An empty one leaves what the vault has, so that a later deployment needs none of them.
@description('From BotFather.')
@secure()
param telegramBotToken string = ''

@description('16 to 256 of A-Z a-z 0-9 _ -; Telegram sends it with each update.')
@secure()
param telegramWebhookSecret string = ''

@description('32 random bytes in base64; signs the redirect links.')
@secure()
param linkSigningKey string = ''

@description('The first owner\'s token, 32 characters or more.')
@secure()
param ownerToken string = ''

@description('Of the database login, 16 characters or more, without quotes, semicolons or blanks. Needed for the first deployment.')
@secure()
param databasePassword string = ''

@description('Where people\'s browsers reach the app; empty for the host name that Azure gives it.')
param publicBaseUrl string = ''

@description('Empty for Telegram itself; the address of a self-hosted Bot API server otherwise.')
param telegramApiBaseUrl string = ''

@description('Messages a second over all workers; Telegram allows a bot 30.')
@minValue(1)
@maxValue(1000)
param sendRate int = 27

@description('Recipients per send activity.')
@minValue(1)
@maxValue(10000)
param batchSize int = 500

@description('Messages claimed and not yet recorded per worker; what a worker that dies leaves uncertain.')
@minValue(1)
@maxValue(1000)
param maxInFlight int = 256

@description('A scheduled broadcast that is later than this is not sent any more.')
@minValue(1)
param scheduleGraceMinutes int = 60

@description('An OTLP collector that gets metrics and traces as well; empty for none.')
param otlpEndpoint string = ''

@description('False where migrations are applied by hand: a worker has 60 s to start.')
param migrateOnStart bool = true

@description('Recipients over which a broadcast needs a second person; empty for never.')
param fourEyesOver string = ''

@description('A click this many days before a conversion, or more, did not cause it.')
@minValue(1)
@maxValue(3650)
param attributionWindowDays int = 7

@description('What is stored of the address that a link was opened from; truncate keeps the /24 of IPv4 and the /48 of IPv6.')
@allowed(['keep', 'truncate', 'drop'])
param clickIp string = 'keep'

@description('Days after which a click loses its user agent and address.')
@minValue(1)
@maxValue(36500)
param clickRetentionDays int = 90

@description('Only with App Service authentication in front (docs/operations.md): what its app roles are here, such as Marketing.Owner=owner,Marketing.Viewer=viewer. Empty: nobody signs in with Entra.')
param entraRoles string = ''

@description('Instances of all functions together. Each opens up to databasePoolSize connections.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Memory of an instance.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances for HTTP that are always on; 0 means a cold start of seconds after a quiet time.')
@minValue(0)
@maxValue(20)
param alwaysReadyHttp int = 0

@description('The largest request body, for imports. The host\'s own limit is 100 MB.')
@minValue(1)
@maxValue(10240)
param requestBodyLimitMB int = 1024

@description('Postgres\' major version.')
@allowed(['16', '17'])
param postgresVersion string = '17'

@description('Size of the database server. max_connections: B1ms 50, B2s 429, 2 vCores with 8 GB 859, 4 vCores with 16 GB 1718; 15 are reserved.')
param databaseSku { name: string, tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized' } = {
  name: 'Standard_B2s'
  tier: 'Burstable'
}

@description('Grows by itself; it never shrinks.')
@allowed([32, 64, 128, 256, 512, 1024, 2048])
param databaseStorageGB int = 32

@description('How far back a point-in-time restore reaches.')
@minValue(7)
@maxValue(35)
param databaseBackupDays int = 7

@description('A standby in another zone; not with Burstable.')
param databaseHighAvailability bool = false

@description('Backups in the paired region too; only at the server\'s creation.')
param databaseGeoBackup bool = false

@description('Connections per instance. maximumInstanceCount times this must stay below what databaseSku allows.')
@minValue(5)
@maxValue(100)
param databasePoolSize int = 10

@description('private: in a virtual network, no public address. firewall: a public address for Azure services and databaseAllowedIps. Fixed once the server exists.')
@allowed(['private', 'firewall'])
param databaseAccess string = 'private'

@description('With firewall: addresses that may connect, such as the operators\' office.')
param databaseAllowedIps string[] = []

@description('Object id of the Entra group or user that may set secrets in the vault, and signs in to Postgres with Entra; empty for nobody.')
param operatorsObjectId string = ''

@description('Its display name (a group) or user principal name (a user): the Postgres login.')
param operatorsName string = ''

@allowed(['Group', 'User'])
param operatorsType string = 'Group'

@description('owner/repository whose workflow deploys into this environment; empty for none.')
param githubRepository string = ''

@description('Who gets the alerts.')
param alertEmails string[] = []

@description('Days that logs and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Logs taken a day at most, in GB; -1 for no limit.')
param logDailyCapGB int = -1

var allTags = union(tags, { workload: workload, environment: environment })
var suffix = take(uniqueString(resourceGroup().id), 6)
var name = '${workload}-${environment}-${suffix}'
var isPrivate = databaseAccess == 'private'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}'
  location: location
  tags: allTags
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: name
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyCapGB: logDailyCapGB
    publisherPrincipalId: identity.properties.principalId
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: 'st${workload}${environment}${suffix}'
    location: location
    tags: allTags
    principalId: identity.properties.principalId
  }
}

module network 'modules/network.bicep' = if (isPrivate) {
  params: { name: name, location: location, tags: allTags }
}

module database 'modules/database.bicep' = {
  params: {
    name: 'psql-${name}'
    location: location
    tags: allTags
    version: postgresVersion
    sku: databaseSku
    storageGB: databaseStorageGB
    backupDays: databaseBackupDays
    highAvailability: databaseHighAvailability
    geoBackup: databaseGeoBackup
    password: databasePassword
    subnetId: network.?outputs.databaseSubnetId ?? ''
    dnsZoneId: network.?outputs.databaseDnsZoneId ?? ''
    allowedIps: databaseAllowedIps
    adminObjectId: operatorsObjectId
    adminName: operatorsName
    adminType: operatorsType
    isLocked: environment == 'prod'
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    name: take('kv-${workload}-${environment}-${suffix}', 24)
    location: location
    tags: allTags
    readerPrincipalId: identity.properties.principalId
    operatorsObjectId: operatorsObjectId
    operatorsType: operatorsType
    telegramBotToken: telegramBotToken
    telegramWebhookSecret: telegramWebhookSecret
    linkSigningKey: linkSigningKey
    ownerToken: ownerToken
    databaseConnection: empty(databasePassword)
      ? ''
      : 'Host=${database.outputs.host};Database=${database.outputs.databaseName};Username=${database.outputs.login};Password=${databasePassword};SSL Mode=VerifyFull;Maximum Pool Size=${databasePoolSize}'
  }
}

module app 'modules/app.bicep' = {
  params: {
    name: name
    location: location
    tags: allTags
    identityName: identity.name
    subnetId: network.?outputs.appSubnetId ?? ''
    storageName: storage.outputs.name
    deploymentContainerUrl: storage.outputs.deploymentContainerUrl
    insightsName: monitoring.outputs.insightsName
    secretUris: vault.outputs.secretUris
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyHttp: alwaysReadyHttp
    requestBodyLimitMB: requestBodyLimitMB
    publicBaseUrl: publicBaseUrl
    telegramApiBaseUrl: telegramApiBaseUrl
    sendRate: sendRate
    batchSize: batchSize
    maxInFlight: maxInFlight
    scheduleGraceMinutes: scheduleGraceMinutes
    otlpEndpoint: otlpEndpoint
    migrateOnStart: migrateOnStart
    fourEyesOver: fourEyesOver
    attributionWindowDays: attributionWindowDays
    clickIp: clickIp
    clickRetentionDays: clickRetentionDays
    entraRoles: entraRoles
  }
}

module github 'modules/github.bicep' = if (!empty(githubRepository)) {
  params: {
    name: name
    location: location
    tags: allTags
    repository: githubRepository
    environment: environment
    appName: app.outputs.name
  }
}

module alerts 'modules/alerts.bicep' = {
  params: {
    name: name
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    databaseId: database.outputs.id
    emails: alertEmails
  }
}

output appName string = app.outputs.name
output hostName string = app.outputs.hostName
output baseUrl string = app.outputs.baseUrl
output webhookUrl string = '${app.outputs.baseUrl}/api/telegram/webhook'
output vaultName string = vault.outputs.name
output databaseHost string = database.outputs.host
@description('AZURE_CLIENT_ID of the GitHub environment; empty without githubRepository.')
output githubClientId string = github.?outputs.clientId ?? ''
