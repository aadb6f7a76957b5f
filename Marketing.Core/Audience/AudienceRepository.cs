using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Core.Audience;

/// <summary>How many people were new, known before, and lines of people who came again further down.</summary>
internal sealed record UpsertCounts(long Inserted, long Updated, long Duplicates);

/// <summary>The table users.</summary>
public sealed class AudienceRepository(NpgsqlDataSource source, ErasedPeople erasedPeople, TimeProvider clock)
{
    private const string FindSql = """
        SELECT id, telegram_user_id, chat_id, first_name, last_name, username, language, user_tier, region, attributes,
               last_trade_at, last_seen_at, opted_out_at, suppressed_at, suppression_reason, created_at, updated_at
        FROM users
        """;

    private const string FindByIdSql = $"{FindSql} WHERE id = @id";

    public async Task<User?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<User>(new CommandDefinition(FindByIdSql, new { id }, cancellationToken: ct));
    }

    private const string FindByTelegramIdSql = $"{FindSql} WHERE telegram_user_id = @telegramUserId";

    public async Task<User?> FindByTelegramIdAsync(long telegramUserId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<User>(
            new CommandDefinition(FindByTelegramIdSql, new { telegramUserId }, cancellationToken: ct));
    }

    // A temporary table writes no WAL and goes with the transaction. 64 MB sorts a million lines in a few runs; the default 4 MB
    // takes dozens.
    private const string StageSql = """
        SET LOCAL work_mem = '64MB';
        CREATE TEMPORARY TABLE audience_import (
            line bigint NOT NULL, id uuid NOT NULL, telegram_user_id bigint NOT NULL, chat_id bigint, first_name text,
            last_name text, username text, language text, user_tier text, region text, attributes jsonb NOT NULL,
            last_trade_at timestamptz, created_at timestamptz) ON COMMIT DROP
        """;

    private const string CopySql = """
        COPY audience_import (line, id, telegram_user_id, chat_id, first_name, last_name, username, language, user_tier, region,
                              attributes, last_trade_at, created_at) FROM STDIN (FORMAT BINARY)
        """;

    // Of a person's lines the last one counts. The order is also what keeps two imports of the same people from a deadlock: both
    // lock them by rising telegram_user_id, so that one waits for the other and never both. opted_out_at and the suppression
    // are not touched. xmax is 0 in a row that was inserted and not updated.
    private const string UpsertSql = """
        WITH upserted AS (
            INSERT INTO users AS u (id, telegram_user_id, chat_id, first_name, last_name, username, language, user_tier, region,
                                    attributes, last_trade_at, created_at, updated_at)
            SELECT DISTINCT ON (telegram_user_id)
                   id, telegram_user_id, coalesce(chat_id, telegram_user_id), first_name, last_name, username, language, user_tier,
                   region, attributes, last_trade_at, coalesce(created_at, @now), @now
            FROM audience_import
            ORDER BY telegram_user_id, line DESC
            ON CONFLICT (telegram_user_id) DO UPDATE SET
                first_name = coalesce(EXCLUDED.first_name, u.first_name),
                last_name = coalesce(EXCLUDED.last_name, u.last_name),
                username = coalesce(EXCLUDED.username, u.username),
                language = coalesce(EXCLUDED.language, u.language),
                user_tier = coalesce(EXCLUDED.user_tier, u.user_tier),
                region = coalesce(EXCLUDED.region, u.region),
                attributes = u.attributes || EXCLUDED.attributes,
                last_trade_at = coalesce(EXCLUDED.last_trade_at, u.last_trade_at),
                /*given*/
                updated_at = @now
            RETURNING u.xmax = 0 AS inserted)
        SELECT count(*) FILTER (WHERE inserted) AS inserted, count(*) FILTER (WHERE NOT inserted) AS updated,
               @staged - count(*) AS duplicates
        FROM upserted
        """;

    private const string CountSql = """
        SELECT count(*) FILTER (WHERE u.id IS NULL) AS inserted, count(u.id) AS updated, @staged - count(*) AS duplicates
        FROM (SELECT DISTINCT telegram_user_id FROM audience_import) i LEFT JOIN users u USING (telegram_user_id)
        """;

    // What an import gave for a column that a new person gets a default for is not to be seen in EXCLUDED, only in the line
    // itself. Files without these columns do not pay for the index.
    private const string IndexSql = "CREATE UNIQUE INDEX ON audience_import (id)";

    private const string GivenSql = """
        (chat_id, created_at) = (
            SELECT coalesce(i.chat_id, u.chat_id), coalesce(i.created_at, u.created_at)
            FROM audience_import i WHERE i.id = EXCLUDED.id),
        """;

    // Until the planner knows of them, as autovacuum would tell it within minutes, a search among a million new people takes seconds.
    private const int ManyPeople = 10_000;
    private const string AnalyzeSql = "ANALYZE users";

    /// <summary>
    /// Stores the good lines of <paramref name="reader"/> in one transaction: people not known yet are inserted, of the others
    /// the given values replaced. Rows stay locked for the time of the last statement, not while the body is read.
    /// </summary>
    /// <param name="dryRun">Only counts what that would be.</param>
    internal async Task<UpsertCounts> UpsertAsync(PersonReader reader, bool dryRun, CancellationToken ct)
    {
        var erased = await erasedPeople.LoadAsync(ct);
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(StageSql, transaction: transaction, cancellationToken: ct));
        var (staged, given) = await StageAsync(db, reader, erased, ct);
        // No time limit but the caller's: a million people take longer than the 30 s of other commands.
        CommandDefinition Of(string sql, object? parameters = null) => new(sql, parameters, transaction, commandTimeout: 0, cancellationToken: ct);
        if (dryRun)
            return await db.QuerySingleAsync<UpsertCounts>(Of(CountSql, new { staged }));
        if (given)
            await db.ExecuteAsync(Of(IndexSql));
        var counts = await db.QuerySingleAsync<UpsertCounts>(Of(
            UpsertSql.Replace("/*given*/", given ? GivenSql : "", StringComparison.Ordinal), new { now = clock.GetUtcNow(), staged }));
        // Somebody whose line was read before they were erased would be back. From here on an erasure waits for the commit.
        if (await db.ExecuteScalarAsync<string>(Of(ErasedPeople.StampSql)) != erased.Stamp)
            throw new ConflictException("Somebody was erased while the file was read, so nothing was stored; send the file again.");
        if (staged >= ManyPeople)
            await db.ExecuteAsync(Of(AnalyzeSql));
        await transaction.CommitAsync(ct);
        return counts;
    }

    private const string IsKnownSql = "SELECT EXISTS (SELECT FROM users WHERE telegram_user_id = @telegramUserId)";

    // Asked for lines of erased people only, of whom a file has few: one who came back with /start is a new person, and known.
    private async Task<bool> IsKnownAsync(long telegramUserId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteScalarAsync<bool>(new CommandDefinition(IsKnownSql, new { telegramUserId }, cancellationToken: ct));
    }

    private async Task<(long Staged, bool Given)> StageAsync(NpgsqlConnection db, PersonReader reader, ErasedIds erased, CancellationToken ct)
    {
        var given = false;
        await using var copy = await db.BeginBinaryImportAsync(CopySql, ct);
        while (await reader.ReadAsync(ct))
        {
            var person = reader.Person;
            if (erased.Contains(person.TelegramUserId) && !await IsKnownAsync(person.TelegramUserId, ct))
            {
                reader.Reject("this person was erased; only they can come back, by writing /start to the bot");
                continue;
            }
            given |= person.ChatId is not null || person.CreatedAt is not null;
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(person.Number, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(Guid.CreateVersion7(clock.GetUtcNow()), NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(person.TelegramUserId, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(person.ChatId, NpgsqlDbType.Bigint, ct);
            await copy.WriteAsync(person.FirstName, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(person.LastName, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(person.Username, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(person.Language, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(person.UserTier, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(person.Region, NpgsqlDbType.Text, ct);
            await copy.WriteAsync(person.Attributes, NpgsqlDbType.Jsonb, ct);
            await copy.WriteAsync(person.LastTradeAt, NpgsqlDbType.TimestampTz, ct);
            await copy.WriteAsync(person.CreatedAt, NpgsqlDbType.TimestampTz, ct);
        }
        return ((long)await copy.CompleteAsync(ct), given);
    }
}
