using 'main.bicep'

param environment = 'prod'

// 40 instances with 20 connections each fit on 859, of which 15 are reserved.
param databaseSku = { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' }
param databasePoolSize = 20
param databaseAccess = 'private'
param databaseStorageGB = 128
param databaseBackupDays = 35
param databaseHighAvailability = true
param databaseGeoBackup = true
param alwaysReadyHttp = 1
param logRetentionDays = 90

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
