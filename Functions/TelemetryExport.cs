using System.Diagnostics;
using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Marketing.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Marketing.Functions;

/// <summary>
/// Metrics, traces and logs to Application Insights, to an OTLP collector, or to both, as the settings say. HttpClient, Npgsql,
/// Durable and the worker make activities themselves and hand the trace on: from a request through the orchestration and its
/// activities to Telegram. So their sources only have to be listened to.
/// </summary>
internal static class TelemetryExport
{
    private const string AzureMonitor = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string AzureMonitorLogin = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static bool IsOn(IConfiguration configuration) => IsSet(configuration, AzureMonitor) || IsSet(configuration, Otlp);

    public static IServiceCollection AddMarketingTelemetryExport(this IServiceCollection services, IConfiguration configuration)
    {
        if (!IsOn(configuration))
            return services;
        var telemetry = services.AddOpenTelemetry()
            // OTEL_SERVICE_NAME comes after our own name and wins.
            .ConfigureResource(resource => resource.Clear().AddService("marketing").AddTelemetrySdk().AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddMeter(MarketingTelemetry.Name, "System.Net.Http", "Npgsql"))
            .WithTracing(tracing => tracing
                .AddSource(MarketingTelemetry.Name, "System.Net.Http", "Npgsql", "Microsoft.DurableTask")
                .AddProcessor(provider => new TokenRedaction(provider.GetRequiredService<MarketingOptions>())));
        // host.json's levels are the host's; these are the worker's own.
        services.AddLogging(logging => logging
            .AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Warning)
            .AddFilter<OpenTelemetryLoggerProvider>("Marketing", LogLevel.Information));
        // The id of the request that a line belongs to is in its scope.
        services.Configure<OpenTelemetryLoggerOptions>(logging => logging.IncludeScopes = true);
        if (IsSet(configuration, AzureMonitor))
        {
            telemetry.UseAzureMonitorExporter(options =>
            {
                options.ConnectionString = configuration[AzureMonitor];
                options.Credential = Credential(configuration[AzureMonitorLogin]);
            });
        }

        if (IsSet(configuration, Otlp))
            telemetry.UseOtlpExporter();
        return services;
    }

    private static bool IsSet(IConfiguration configuration, string key) => !string.IsNullOrEmpty(configuration[key]);

    // "Authorization=AAD", with "ClientId=..." for a user-assigned identity: the host understands it, the exporter does not.
    private static ManagedIdentityCredential? Credential(string? login)
    {
        var parts = (login ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        if (!parts.TryGetValue("Authorization", out var kind) || !kind.Equals("AAD", StringComparison.OrdinalIgnoreCase))
            return null;
        return new ManagedIdentityCredential(parts.TryGetValue("ClientId", out var clientId)
            ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);
    }

    /// <summary>The Bot API has the token in its paths, and HttpClient's activities have the whole url.</summary>
    private sealed class TokenRedaction(MarketingOptions options) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.GetTagItem("url.full") is string url && url.Contains(options.TelegramBotToken, StringComparison.Ordinal))
                data.SetTag("url.full", url.Replace(options.TelegramBotToken, "***", StringComparison.Ordinal));
        }
    }
}
