param name string
param location string
param tags object
param identityName string

@description('Empty when the database has a public address.')
param subnetId string
param storageName string
param deploymentContainerUrl string
param insightsName string

@description('Addresses of secrets in the vault.')
param secretUris object
param maximumInstanceCount int
param instanceMemoryMB int
param alwaysReadyHttp int
param requestBodyLimitMB int
param publicBaseUrl string
param telegramApiBaseUrl string
param sendRate int
param batchSize int
param maxInFlight int
param scheduleGraceMinutes int
param otlpEndpoint string
param migrateOnStart bool
param fourEyesOver string
param attributionWindowDays int
param clickIp string
param clickRetentionDays int
param entraRoles string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${name}'
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: alwaysReadyHttp == 0 ? [] : [{ name: 'http', instanceCount: alwaysReadyHttp }]
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }

  // Deployments sign in with Entra; no publishing password works.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

var baseUrl = empty(publicBaseUrl) ? 'https://${app.properties.defaultHostName}' : publicBaseUrl

// Beside the app, since its host name is known only then. This is the whole list: a setting made by hand is gone after the
// next deployment.
resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__accountName: storageName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identity.properties.clientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
    // The host hands the worker the address that it sees itself, in place of the header that Azure's front end sent.
    ASPNETCORE_FORWARDEDHEADERS_ENABLED: 'true'
    AzureWebJobsDisableHomepage: 'true'
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: string(requestBodyLimitMB * 1024 * 1024)
    ConnectionStrings__Marketing: '@Microsoft.KeyVault(SecretUri=${secretUris.databaseConnection})'
    Telegram__BotToken: '@Microsoft.KeyVault(SecretUri=${secretUris.telegramBotToken})'
    Telegram__ApiBaseUrl: telegramApiBaseUrl
    Telegram__WebhookSecret: '@Microsoft.KeyVault(SecretUri=${secretUris.telegramWebhookSecret})'
    Marketing__PublicBaseUrl: baseUrl
    Marketing__LinkSigningKey: '@Microsoft.KeyVault(SecretUri=${secretUris.linkSigningKey})'
    Marketing__OwnerToken: '@Microsoft.KeyVault(SecretUri=${secretUris.ownerToken})'
    Marketing__SendRate: string(sendRate)
    Marketing__BatchSize: string(batchSize)
    Marketing__MaxInFlight: string(maxInFlight)
    Marketing__ScheduleGraceMinutes: string(scheduleGraceMinutes)
    Marketing__MigrateOnStart: string(migrateOnStart)
    Marketing__FourEyesOver: fourEyesOver
    Marketing__AttributionWindowDays: string(attributionWindowDays)
    Marketing__ClickIp: clickIp
    Marketing__ClickRetentionDays: string(clickRetentionDays)
    Marketing__EntraRoles: entraRoles
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
output baseUrl string = baseUrl
