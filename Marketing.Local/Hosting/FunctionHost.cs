using System.Net;
using Marketing.Local.Durable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Marketing.Local.Hosting;

/// <summary>
/// Runs an assembly's functions in this process: HTTP triggers under <c>/api</c>, timers, orchestrations and activities.
/// A function it cannot bind as the isolated worker would stops the start with an <see cref="InvalidOperationException"/>
/// that names it.
/// </summary>
public sealed class FunctionHost : IAsyncDisposable
{
    // Imports stream; each function limits its own body. Kestrel's default of 30 MB would cut them off.
    private const long MaxRequestBodySize = 1L << 30;

    // How long a stop waits for requests, timers and activities under way.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication app;
    private readonly LocalDurableTaskClient durable;
    private readonly TimerFunctions? timers;

    private FunctionHost(WebApplication app, LocalDurableTaskClient durable, TimerFunctions? timers)
    {
        this.app = app;
        this.durable = durable;
        this.timers = timers;
        Address = new Uri(app.Urls.Single());
    }

    /// <summary>The root, such as <c>http://127.0.0.1:7071</c>; functions are under <c>/api</c>.</summary>
    public Uri Address { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>What functions get for [DurableClient].</summary>
    public DurableTaskClient Durable => durable;

    public static async Task<FunctionHost> StartAsync(FunctionHostOptions options, CancellationToken ct)
    {
        var functions = FunctionMethod.ReadAll(options.Assembly);
        var app = Build(options);
        try
        {
            var stopping = app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            var clock = app.Services.GetRequiredService<TimeProvider>();
            var durable = new LocalDurableTaskClient(functions.Values, app.Services, clock, stopping);
            var timers = options.RunTimers ? new TimerFunctions(functions.Values, app.Services, durable, stopping) : null;
            MapHttp(app, functions.Values.Where(f => f.Trigger is HttpTriggerAttribute), durable);
            MapTimers(app, timers);
            await app.StartAsync(ct);
            timers?.Start();
            return new FunctionHost(app, durable, timers);
        }
        catch
        {
            // Whatever stopped the start: the caller gets no host that it could dispose.
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await Task.WhenAll(durable.DrainAsync(StopTimeout), timers?.DrainAsync(StopTimeout) ?? Task.CompletedTask);
        await app.DisposeAsync();
    }

    private static WebApplication Build(FunctionHostOptions options)
    {
        // Not Development: its exception page would answer where the deployed app answers an empty 500.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(
            options.Settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), s.Value)));
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateScopes, provider.ValidateOnBuild) = (true, true));
        if (options.ConfigureLogging is { } configure)
            configure(builder.Logging.ClearProviders());
        else
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodySize;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        // The worker trusts the same headers; here they come from a tunnel on this machine, if from anywhere.
        builder.Services.Configure<ForwardedHeadersOptions>(headers => headers.ForwardedHeaders = ForwardedHeaders.All);
        options.ConfigureServices(builder.Services, builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        // Ctrl+C belongs to the process, which may run more than this host.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        return builder.Build();
    }

    private static void MapHttp(WebApplication app, IEnumerable<FunctionMethod> functions, DurableTaskClient durable)
    {
        var log = app.Services.GetRequiredService<ILogger<FunctionHost>>();
        app.UseForwardedHeaders();
        app.UseRouting();
        foreach (var function in functions)
        {
            RequestDelegate handle = context => HandleAsync(function, context, durable, log);
            _ = ((HttpTriggerAttribute)function.Trigger).Methods is { Length: > 0 } methods
                ? app.MapMethods(function.Route, methods.Select(m => m.ToUpperInvariant()), handle)
                : app.Map(function.Route, handle);
        }

        // The Functions host answers 404, not 405, to a method that a route does not take.
        app.MapFallback("{**path}", (RequestDelegate)(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }));
    }

    // As the Functions host lets a timer be run by hand: learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
    private static void MapTimers(WebApplication app, TimerFunctions? timers) =>
        app.MapPost("/admin/functions/{name}", (RequestDelegate)(async http =>
            http.Response.StatusCode = timers is not null && await timers.RunNowAsync((string)http.Request.RouteValues["name"]!)
                ? StatusCodes.Status202Accepted : StatusCodes.Status404NotFound));

    private static async Task HandleAsync(FunctionMethod function, HttpContext http, DurableTaskClient durable, ILogger log)
    {
        try
        {
            var result = await function.InvokeAsync(new Invocation(
                http.RequestServices, durable, http.Request, http.Request.RouteValues, http.RequestAborted));
            if (result is IResult answer)
                await answer.ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e)
        {
            // As the Functions host does: 500, whatever it was.
            log.FunctionFailed(e, function.Name);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
