param name string
param location string
param tags object

@description('owner/repository')
param repository string

@description('The GitHub environment whose jobs may sign in; named like ours.')
param environment string
param appName string

resource app 'Microsoft.Web/sites@2024-04-01' existing = {
  name: appName
}

// A job of that environment exchanges its own token for one of this identity: no secret is stored on GitHub.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${name}-deploy'
  location: location
  tags: tags

  resource credential 'federatedIdentityCredentials' = {
    name: 'github-${environment}'
    properties: {
      issuer: 'https://token.actions.githubusercontent.com'
      subject: 'repo:${repository}:environment:${environment}'
      audiences: ['api://AzureADTokenExchange']
    }
  }
}

var websiteContributor = 'de139f84-1756-47ae-9be6-808fbbe84772' // Website Contributor

resource deployer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(app.id, identity.id, websiteContributor)
  scope: app
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', websiteContributor)
  }
}

output clientId string = identity.properties.clientId
