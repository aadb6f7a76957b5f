using Marketing.Core.Access;
using Marketing.Core.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Core;

/// <summary>
/// Before anything else starts: migrations, where the setting allows them, and the first owner's token. In StartingAsync,
/// since the worker's own services start before ours and would run functions on an old schema.
/// </summary>
internal sealed partial class Startup(
    MarketingOptions options, Migrator migrator, TokenRepository tokens, TimeProvider clock, ILogger<Startup> logger)
    : IHostedLifecycleService
{
    // The Functions host gives a worker 60 s to connect; a database that restarts is back by then.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                if (options.MigrateOnStart)
                    await migrator.UpAsync(cancellationToken);
                await tokens.AddOwnerAsync(options.OwnerToken, cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && clock.GetElapsedTime(started) < Patience)
            {
                DatabaseAway(logger, e);
                await Task.Delay(RetryDelay, clock, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Warning, "The database cannot be reached yet; trying again")]
    private static partial void DatabaseAway(ILogger logger, Exception exception);
}
