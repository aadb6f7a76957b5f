// Each alert has a section of its name in docs/operations.md that says what to do.
param name string
param location string
param tags object
param workspaceId string
param databaseId string
param emails string[]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'marketing'
    emailReceivers: [for (email, i) in emails: { name: 'email-${i}', emailAddress: email, useCommonAlertSchema: true }]
  }
}

// Each query returns one row with one number, Value. Severity: 1 wakes somebody, 2 waits for the day, 3 is to be known.
var logAlerts = [
  {
    key: 'app-silent'
    severity: 1
    description: 'The timer that runs every 15 s has not run for 15 minutes.'
    minutes: 15
    query: 'AppRequests | where Name == "WatchBroadcasts" | summarize Value = count()'
    operator: 'LessThan'
    threshold: 1
  }
  {
    key: 'requests-failed'
    severity: 2
    description: 'More than 10 functions or requests failed in 5 minutes (5xx or an exception).'
    minutes: 5
    query: 'AppRequests | where ResultCode startswith "5" or (Success == false and ResultCode !startswith "4") | summarize Value = count()'
    operator: 'GreaterThan'
    threshold: 10
  }
  {
    key: 'broadcast-stuck'
    severity: 1
    description: 'A broadcast is sending and does not move.'
    minutes: 15
    query: 'AppMetrics | where Name == "marketing.broadcasts.stuck" | summarize Value = max(Max)'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    key: 'telegram-rate-limited'
    severity: 2
    description: 'Telegram answered more than 5% of at least 20 messages with 429.'
    minutes: 15
    query: 'AppMetrics | where Name in ("marketing.telegram.rate_limited", "marketing.messages.sent") | summarize Limited = sumif(Sum, Name == "marketing.telegram.rate_limited"), Sent = sumif(Sum, Name == "marketing.messages.sent") | where Limited + Sent >= 20 | project Value = 100.0 * Limited / (Limited + Sent)'
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    key: 'messages-uncertain'
    severity: 3
    description: 'Messages were sent whose arrival is not known.'
    minutes: 15
    query: 'AppMetrics | where Name == "marketing.messages.uncertain" | summarize Value = sum(Sum)'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    key: 'webhook-pending'
    severity: 2
    description: 'Telegram has held back more than 50 updates for 10 minutes.'
    minutes: 10
    query: 'AppMetrics | where Name == "marketing.webhook.pending" | summarize Value = min(Min)'
    operator: 'GreaterThan'
    threshold: 50
  }
]

resource logAlertRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${alert.key}-${name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${alert.key}'
      description: '${alert.description} See docs/operations.md, ${alert.key}.'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT${alert.minutes}M'
      autoMitigate: true
      // The tables come into being with the first telemetry.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'Value'
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: { actionGroups: [group.id] }
    }
  }
]

var databaseAlerts = [
  {
    key: 'database-down'
    severity: 1
    description: 'The database server does not answer.'
    metric: 'is_db_alive'
    minutes: 5
    aggregation: 'Maximum'
    operator: 'LessThan'
    threshold: 1
  }
  {
    key: 'database-storage'
    severity: 2
    description: 'More than 80% of the database\'s storage is in use.'
    metric: 'storage_percent'
    minutes: 15
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 80
  }
  {
    key: 'database-cpu'
    severity: 3
    description: 'The database server\'s CPU has been above 90% for 15 minutes.'
    metric: 'cpu_percent'
    minutes: 15
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 90
  }
]

resource databaseAlertRules 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in databaseAlerts: {
    name: '${alert.key}-${name}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.description} See docs/operations.md, ${alert.key}.'
      severity: alert.severity
      enabled: true
      scopes: [databaseId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT${alert.minutes}M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: alert.key
            metricNamespace: 'Microsoft.DBforPostgreSQL/flexibleServers'
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: alert.operator
            threshold: alert.threshold
          }
        ]
      }
      actions: [{ actionGroupId: group.id }]
    }
  }
]
