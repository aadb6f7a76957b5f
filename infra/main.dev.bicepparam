using 'main.bicep'

param environment = 'dev'

// The smallest that 40 instances with 10 connections each fit on (429, of which 15 are reserved).
param databaseSku = { name: 'Standard_B2s', tier: 'Burstable' }
param databaseAccess = 'firewall'
param logDailyCapGB = 1

// Secrets come from the environment; an empty one leaves what the vault has.
param telegramBotToken = readEnvironmentVariable('TELEGRAM_BOT_TOKEN', '')
param telegramWebhookSecret = readEnvironmentVariable('TELEGRAM_WEBHOOK_SECRET', '')
param linkSigningKey = readEnvironmentVariable('LINK_SIGNING_KEY', '')
param ownerToken = readEnvironmentVariable('OWNER_TOKEN', '')
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD', '')

param githubRepository = readEnvironmentVariable('GITHUB_REPOSITORY', '')
param operatorsObjectId = readEnvironmentVariable('OPERATORS_OBJECT_ID', '')
param operatorsName = readEnvironmentVariable('OPERATORS_NAME', '')
param alertEmails = empty(readEnvironmentVariable('ALERT_EMAIL', ''))
  ? []
  : [readEnvironmentVariable('ALERT_EMAIL', '')]
