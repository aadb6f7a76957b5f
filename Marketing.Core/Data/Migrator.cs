using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace Marketing.Core.Data;

/// <summary>One numbered migration: the SQL that applies it and the SQL that takes it back.</summary>
public sealed record Migration(int Number, string Name, string Up, string Down);

/// <summary>
/// Applies the embedded SQL files <c>NNNN_name.up.sql</c> / <c>.down.sql</c> in order. Each migration and its row in
/// <c>schema_migrations</c> are one transaction; an advisory lock lets one of several starting workers do it.
/// </summary>
public sealed partial class Migrator(NpgsqlDataSource source)
{
    // Any fixed number serves; it only has to differ from other advisory locks in the database.
    private const long LockKey = 7_071_202_611;

    public static IReadOnlyList<Migration> All { get; } = Load();

    /// <summary>Applies what is missing and returns its numbers.</summary>
    public Task<IReadOnlyList<int>> UpAsync(CancellationToken ct) => MigrateAsync(All[^1].Number, ct);

    /// <summary>Migrates up or down until <paramref name="target"/> is the newest applied number; 0 leaves no table of ours.</summary>
    public async Task<IReadOnlyList<int>> MigrateAsync(int target, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        // Without a timeout: another worker's migration may take longer than one.
        await db.ExecuteAsync(new CommandDefinition("SELECT pg_advisory_lock(@LockKey)", new { LockKey }, commandTimeout: 0, cancellationToken: ct));
        try
        {
            var applied = await AppliedAsync(db, ct);
            var steps = All.Where(m => m.Number <= target && !applied.Contains(m.Number)).Select(m => (m, up: true))
                .Concat(All.Reverse().Where(m => m.Number > target && applied.Contains(m.Number)).Select(m => (m, up: false)))
                .ToList();
            foreach (var (migration, up) in steps)
                await ApplyAsync(db, migration, up, ct);
            if (target == 0)
                await db.ExecuteAsync(new CommandDefinition("DROP TABLE schema_migrations", cancellationToken: ct));
            return [.. steps.Select(s => s.m.Number)];
        }
        finally
        {
            // Not the caller's token: a cancelled migration must still let go of the lock of a pooled connection.
            await db.ExecuteAsync("SELECT pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }

    private const string AppliedSql = """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            number     integer PRIMARY KEY,
            name       text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now());
        SELECT number FROM schema_migrations
        """;

    private static async Task<HashSet<int>> AppliedAsync(NpgsqlConnection db, CancellationToken ct) =>
        [.. await db.QueryAsync<int>(new CommandDefinition(AppliedSql, cancellationToken: ct))];

    private const string RecordUpSql = "INSERT INTO schema_migrations (number, name) VALUES (@Number, @Name)";
    private const string RecordDownSql = "DELETE FROM schema_migrations WHERE number = @Number";

    private static async Task ApplyAsync(NpgsqlConnection db, Migration migration, bool up, CancellationToken ct)
    {
        await using var transaction = await db.BeginTransactionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(
            up ? migration.Up : migration.Down, transaction: transaction, commandTimeout: 0, cancellationToken: ct));
        await db.ExecuteAsync(new CommandDefinition(
            up ? RecordUpSql : RecordDownSql, new { migration.Number, migration.Name }, transaction, cancellationToken: ct));
        await transaction.CommitAsync(ct);
    }

    [GeneratedRegex(@"\.(?<number>\d{4})_(?<name>\w+)\.up\.sql$", RegexOptions.ExplicitCapture)]
    private static partial Regex UpFile { get; }

    private static List<Migration> Load()
    {
        var assembly = typeof(Migrator).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Select(resource => UpFile.Match(resource) is { Success: true } match
                ? new Migration(
                    int.Parse(match.Groups["number"].ValueSpan, provider: null),
                    match.Groups["name"].Value,
                    Read(assembly, resource),
                    Read(assembly, resource.Replace(".up.sql", ".down.sql", StringComparison.Ordinal)))
                : null)
            .OfType<Migration>()
            .OrderBy(m => m.Number)];
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"Migration file {resource} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
