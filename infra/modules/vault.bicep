@minLength(3)
@maxLength(24)
param name string
param location string
param tags object

@description('The app: reads secrets.')
param readerPrincipalId string

@description('Who may set secrets; empty for nobody.')
param operatorsObjectId string
param operatorsType string

@secure()
param telegramBotToken string
@secure()
param telegramWebhookSecret string
@secure()
param linkSigningKey string
@secure()
param ownerToken string
@secure()
param databaseConnection string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

// One resource each, not a loop: a loop over secure values would show which of them are set.
resource databaseConnectionSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(databaseConnection)) {
  parent: vault
  name: 'database-connection'
  properties: { value: databaseConnection }
}

resource botTokenSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(telegramBotToken)) {
  parent: vault
  name: 'telegram-bot-token'
  properties: { value: telegramBotToken }
}

resource webhookSecretSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(telegramWebhookSecret)) {
  parent: vault
  name: 'telegram-webhook-secret'
  properties: { value: telegramWebhookSecret }
}

resource linkSigningKeySecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(linkSigningKey)) {
  parent: vault
  name: 'link-signing-key'
  properties: { value: linkSigningKey }
}

resource ownerTokenSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(ownerToken)) {
  parent: vault
  name: 'owner-token'
  properties: { value: ownerToken }
}

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' // Key Vault Secrets Officer

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerPrincipalId, secretsUser)
  scope: vault
  properties: {
    principalId: readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource operators 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorsObjectId)) {
  name: guid(vault.id, operatorsObjectId, secretsOfficer)
  scope: vault
  properties: {
    principalId: operatorsObjectId
    principalType: operatorsType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

output name string = vault.name
// Without a version: the app sees a new one within a day, or at once after its references are refreshed.
output secretUris object = {
  databaseConnection: '${vault.properties.vaultUri}secrets/database-connection'
  telegramBotToken: '${vault.properties.vaultUri}secrets/telegram-bot-token'
  telegramWebhookSecret: '${vault.properties.vaultUri}secrets/telegram-webhook-secret'
  linkSigningKey: '${vault.properties.vaultUri}secrets/link-signing-key'
  ownerToken: '${vault.properties.vaultUri}secrets/owner-token'
}
