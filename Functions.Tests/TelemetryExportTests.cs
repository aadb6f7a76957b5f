using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Marketing.Functions.Tests;

/// <summary>What leaves the process for a collector, read where the collector would.</summary>
public sealed class TelemetryExportTests
{
    private sealed class ExportingApp(IReadOnlyDictionary<string, string?> settings) : MarketingApp
    {
        protected override bool RunTimers => false;

        protected override IReadOnlyDictionary<string, string?> Settings => settings;
    }

    [Fact]
    public async Task Export_ToAnOtlpCollector_HasMetricsAndActivitiesAndNeverTheBotsToken()
    {
        await using var collector = await Collector.StartAsync();

        await SendAsync(new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });

        Assert.Contains("marketing.messages.sent", collector.Received, StringComparison.Ordinal);
        Assert.Contains("send window", collector.Received, StringComparison.Ordinal);
        Assert.Contains("/bot***/sendMessage", collector.Received, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-the-tests", collector.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ToApplicationInsights_HasMetricsAndNeverTheBotsToken()
    {
        await using var collector = await Collector.StartAsync();

        await SendAsync(new Dictionary<string, string?>
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] =
                $"InstrumentationKey={Guid.Empty};IngestionEndpoint={collector.Address};LiveEndpoint={collector.Address}",
            ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true", // the exporter's own usage data
        });

        Assert.Contains("marketing.messages.sent", collector.Received, StringComparison.Ordinal);
        // Of activities it has a sample, 5 traces a second; none of them may have the token.
        Assert.DoesNotContain("token-of-the-tests", collector.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_NoCollectorSet_MakesNoTelemetryPipeline()
    {
        var app = new ExportingApp(new Dictionary<string, string?>());
        await app.InitializeAsync();
        try
        {
            Assert.Null(app.Host.Services.GetService<MeterProvider>());
            Assert.Null(app.Host.Services.GetService<TracerProvider>());
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    private static async Task SendAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var app = new ExportingApp(settings);
        await app.InitializeAsync();
        try
        {
            var (region, _) = await app.AudienceAsync(3);
            await app.SendAsync(await app.BroadcastAsync(new { region }));
            app.Host.Services.GetRequiredService<TracerProvider>().ForceFlush(10_000);
            app.Host.Services.GetRequiredService<MeterProvider>().ForceFlush(10_000);
        }
        finally
        {
            await app.DisposeAsync();
        }
    }

    private sealed class Collector(WebApplication web, ConcurrentQueue<string> bodies) : IAsyncDisposable
    {
        public string Address => web.Urls.Single() + "/";

        // Both protocols write their strings as UTF-8.
        public string Received => string.Concat(bodies);

        public static async Task<Collector> StartAsync()
        {
            var bodies = new ConcurrentQueue<string>();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var web = builder.Build();
            web.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                bodies.Enqueue(Text(body.ToArray()));
            });
            await web.StartAsync();
            return new Collector(web, bodies);
        }

        public ValueTask DisposeAsync() => web.DisposeAsync();

        private static string Text(byte[] body)
        {
            if (body is not [0x1f, 0x8b, ..])
                return Encoding.UTF8.GetString(body);
            using var unzipped = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
                gzip.CopyTo(unzipped);
            return Encoding.UTF8.GetString(unzipped.ToArray());
        }
    }
}
