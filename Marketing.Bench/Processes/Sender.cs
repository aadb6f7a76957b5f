using System.Diagnostics;
using Marketing.Core;
using Marketing.Functions;
using Marketing.Functions.Delivery;
using Marketing.Local.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Telegram.Bot;

namespace Marketing.Bench.Processes;

/// <summary>
/// The function host, driven over HTTP by the parent. It also runs the bare loops: over the same client object, so the same
/// connections, and under the same garbage collector.
/// </summary>
internal sealed class Sender : IAsyncDisposable
{
    private FunctionHost? host;
    private BareEndpoint? bare;

    public async Task<ChildAnswer> StartAsync(ChildRequest request)
    {
        host = await FunctionHost.StartAsync(new FunctionHostOptions
        {
            Assembly = typeof(FunctionServices).Assembly,
            Settings = request.Settings!,
            RunTimers = request.RunTimers,
            ConfigureServices = (services, configuration) =>
            {
                services.AddMarketingFunctions(configuration);
                if (request.InstantBot)
                    services.AddSingleton<ITelegramBotClient>(new InstantBot(request.Settings!["Telegram__BotToken"]!));
            },
            // Standard output belongs to the answers.
            ConfigureLogging = logging => logging.SetMinimumLevel(LogLevel.Warning)
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace),
        }, CancellationToken.None);
        return new(Address: host.Address, MaxInFlight: Options.MaxInFlight);
    }

    public async Task<ChildAnswer> HandleAsync(ChildRequest request)
    {
        switch (request.Command)
        {
            case "bot_loop":
                return new(Seconds: await BareLoops.BotAsync(
                    host!.Services.GetRequiredService<ITelegramBotClient>(), request.First, request.Count, Options.MaxInFlight));
            case "http_loop":
                return new(Seconds: await BareLoops.HttpAsync(
                    new Uri(Options.TelegramApiBaseUrl!), Options.TelegramBotToken, request.First, request.Count, Options.MaxInFlight));
            case "bare_endpoint":
                bare = await BareEndpoint.StartAsync(host!.Services.GetRequiredService<NpgsqlDataSource>());
                return new(Address: bare.Address);
            case "plan":
                var activities = ActivatorUtilities.CreateInstance<DeliveryActivities>(host!.Services);
                var watch = Stopwatch.StartNew();
                if (!await activities.PlanBroadcast(new BroadcastRef(request.Broadcast), CancellationToken.None))
                    throw new InvalidOperationException("nothing was planned");
                return new(Seconds: watch.Elapsed.TotalSeconds);
            default:
                throw new ArgumentException($"unknown command {request.Command}");
        }
    }

    private MarketingOptions Options => host!.Services.GetRequiredService<MarketingOptions>();

    public async ValueTask DisposeAsync()
    {
        if (bare is not null)
            await bare.DisposeAsync();
        if (host is not null)
            await host.DisposeAsync();
    }
}
