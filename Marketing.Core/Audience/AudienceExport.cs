using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapper;
using Marketing.Core.Cohorts;
using Npgsql;

namespace Marketing.Core.Audience;

/// <summary>
/// A person as an export writes them: the columns of an import, so that the file can be imported again. OptedOutAt and
/// SuppressedAt make an import leave the line out, rather than make somebody a recipient who refused elsewhere.
/// </summary>
public sealed record ExportedPerson(
    long TelegramUserId, long ChatId, string? FirstName, string? LastName, string? Username, string? Language, string? UserTier,
    string? Region, DateTimeOffset? LastTradeAt, DateTimeOffset CreatedAt, DateTimeOffset? OptedOutAt, DateTimeOffset? SuppressedAt,
    JsonElement Attributes);

/// <summary>The audience, or a cohort of it, a page at a time, so that memory stays flat and no connection waits for a slow reader.</summary>
public sealed class AudienceExport(NpgsqlDataSource source, TimeProvider clock)
{
    private const int PageSize = 5_000;

    // {0} is a cohort's predicate. By id, so by the time of coming: the primary key gives the order.
    private const string RowsSql = """
        SELECT u.id, u.telegram_user_id, u.chat_id, u.first_name, u.last_name, u.username, u.language, u.user_tier, u.region, u.last_trade_at,
            u.created_at, u.opted_out_at, coalesce(u.suppressed_at, listed.created_at) AS suppressed_at, u.attributes
        FROM users u LEFT JOIN suppressions listed ON listed.telegram_user_id = u.telegram_user_id
        WHERE {0} AND u.id > @after ORDER BY u.id LIMIT @limit
        """;

    /// <param name="cohort">Null for everybody, also those who cannot be reached.</param>
    public async IAsyncEnumerable<ExportedPerson> StreamAsync(CohortNode? cohort, [EnumeratorCancellation] CancellationToken ct)
    {
        var sql = cohort is null ? new CohortSql("TRUE", new DynamicParameters()) : CohortCompiler.Compile(cohort, clock.GetUtcNow());
        sql.Parameters.AddDynamicParams(new { limit = PageSize });
        var (after, read) = (Guid.Empty, PageSize);
        while (read == PageSize)
        {
            var page = await PageAsync(sql, after, ct);
            foreach (var (id, person) in page)
            {
                after = id;
                yield return person;
            }

            read = page.Count;
        }
    }

    private async Task<IReadOnlyList<(Guid Id, ExportedPerson Person)>> PageAsync(CohortSql sql, Guid after, CancellationToken ct)
    {
        sql.Parameters.Add("after", after);
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<Guid, ExportedPerson, (Guid, ExportedPerson)>(
            new CommandDefinition(RowsSql.Replace("{0}", sql.Where, StringComparison.Ordinal), sql.Parameters, commandTimeout: 0, cancellationToken: ct),
            (id, person) => (id, person), splitOn: "telegram_user_id")).AsList();
    }
}
