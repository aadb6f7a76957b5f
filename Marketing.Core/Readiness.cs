using System.Text.Json.Serialization;
using Dapper;
using Marketing.Core.Data;
using Marketing.Core.Delivery;
using Microsoft.Extensions.Logging;
using Npgsql;
using Telegram.Bot;
using Telegram.Bot.Exceptions;

namespace Marketing.Core;

public enum CheckStatus { Ok, Paused, Failed }

/// <summary>One check. The detail is one of our own sentences, never an exception's: anybody may read it.</summary>
public sealed record Check(
    CheckStatus Status, long DurationMs, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail);

/// <param name="Ready">Whether requests and sends can be done now; a lane paused by a 429 is no hindrance.</param>
public sealed record ReadinessReport(bool Ready, IReadOnlyDictionary<string, Check> Checks);

/// <summary>Asks everything the app cannot work without, all at once.</summary>
public sealed partial class Readiness(
    NpgsqlDataSource source, DeliveryWatch watch, ITelegramBotClient bot, TimeProvider clock, ILogger<Readiness> logger)
{
    // Probes commonly give up after 5 s or more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // A probe every few seconds on every instance must not use up what the bot may ask for. A failure is asked about sooner.
    private static readonly TimeSpan KeepGood = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan KeepBad = TimeSpan.FromSeconds(5);

    private volatile Answer? telegram;

    public async Task<ReadinessReport> CheckAsync(CancellationToken ct)
    {
        (string Name, Task<Check> Check)[] checks =
        [
            ("database", RunAsync("database", DatabaseAsync, ct)),
            ("migrations", RunAsync("migrations", MigrationsAsync, ct)),
            ("telegram", TelegramAsync(ct)),
            ("lane", RunAsync("lane", LaneAsync, ct)),
        ];
        await Task.WhenAll(checks.Select(c => c.Check));
        var results = new Dictionary<string, Check>();
        foreach (var (name, check) in checks)
            results[name] = await check;
        return new ReadinessReport(results.Values.All(c => c.Status != CheckStatus.Failed), results);
    }

    private async Task<(CheckStatus, string?)> DatabaseAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition("SELECT 1", cancellationToken: ct));
        return (CheckStatus.Ok, null);
    }

    // More than this build has is good: in an upgrade the new build has migrated, and the old one still serves.
    private async Task<(CheckStatus, string?)> MigrationsAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var applied = (await db.QueryAsync<int>(new CommandDefinition("SELECT number FROM schema_migrations", cancellationToken: ct))).ToHashSet();
        var missing = Migrator.All.Count(m => !applied.Contains(m.Number));
        return missing == 0
            ? (CheckStatus.Ok, $"at {applied.Max()}, this build needs {Migrator.All[^1].Number}")
            : (CheckStatus.Failed, $"{missing} of this build's migrations are not applied");
    }

    private async Task<(CheckStatus, string?)> LaneAsync(CancellationToken ct) => await watch.LanePausedUntilAsync(ct) is { } until
        ? (CheckStatus.Paused, $"Telegram asked to wait until {until.UtcDateTime:HH:mm:ss} UTC")
        : (CheckStatus.Ok, null);

    private async Task<Check> TelegramAsync(CancellationToken ct)
    {
        if (telegram is { } last && clock.GetElapsedTime(last.At) < (last.Check.Status == CheckStatus.Ok ? KeepGood : KeepBad))
            return last.Check;
        var check = await RunAsync("telegram", async token =>
        {
            await bot.GetMe(token);
            return (CheckStatus.Ok, null);
        }, ct);
        telegram = new Answer(check, clock.GetTimestamp());
        return check;
    }

    private async Task<Check> RunAsync(string name, Func<CancellationToken, Task<(CheckStatus, string?)>> run, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        (CheckStatus Status, string? Detail) result;
        try
        {
            // WaitAsync: what does not heed its token must not hold up the answer.
            result = await run(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // A check that fails for whatever reason is an answer; the reason goes to the log only.
            CheckFailed(logger, name, e);
            result = (CheckStatus.Failed, Explain(e));
        }

        return new Check(result.Status, (long)clock.GetElapsedTime(started).TotalMilliseconds, result.Detail);
    }

    private static string Explain(Exception e) => e switch
    {
        OperationCanceledException => $"no answer within {Patience.TotalSeconds:0} s",
        ApiRequestException { ErrorCode: 401 or 404 } => "Telegram refuses the bot's token",
        ApiRequestException { ErrorCode: 429 } => "Telegram asks the bot to wait",
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } => "this build's migrations are not applied",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } => "the database refuses the login",
        _ => "cannot be reached",
    };

    private sealed record Answer(Check Check, long At);

    [LoggerMessage(11, LogLevel.Warning, "Readiness: {Check} failed")]
    private static partial void CheckFailed(ILogger logger, string check, Exception exception);
}
