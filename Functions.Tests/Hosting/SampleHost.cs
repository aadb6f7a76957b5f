using Marketing.Local.Hosting;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Tests.Hosting;

/// <summary>The sample functions on a host of their own; use one a test.</summary>
public sealed class SampleHost(FunctionHost host, SampleLog log) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public SampleLog Log => log;

    public DurableTaskClient Client => host.Durable;

    public HttpClient Http { get; } = new() { BaseAddress = host.Address };

    public static async Task<SampleHost> StartAsync(TimeProvider? clock = null, string schedule = "0 0 0 1 1 *", bool timers = false)
    {
        var log = new SampleLog();
        var host = await FunctionHost.StartAsync(new FunctionHostOptions
        {
            Assembly = typeof(SampleHost).Assembly,
            Settings = new Dictionary<string, string?> { ["Sample__Schedule"] = schedule },
            ConfigureServices = (services, _) =>
                services.AddSingleton(log).Replace(ServiceDescriptor.Singleton(clock ?? TimeProvider.System)),
            ConfigureLogging = logging => logging.SetMinimumLevel(LogLevel.None),
            RunTimers = timers,
        }, CancellationToken.None);
        return new SampleHost(host, log);
    }

    public Task<string> StartAsync(string orchestrator, object? input, string id) =>
        Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, new StartOrchestrationOptions(id), CancellationToken.None);

    public Task<OrchestrationMetadata> EndOfAsync(string id) =>
        Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true).WaitAsync(Patience);

    /// <summary>Waits for a line, in real time: the functions run on other threads.</summary>
    public async Task SeesAsync(string start)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!log.Lines.Any(l => l.StartsWith(start, StringComparison.Ordinal))) await Task.Delay(5, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await host.DisposeAsync();
    }
}
