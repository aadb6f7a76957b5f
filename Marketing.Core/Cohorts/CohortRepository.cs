using Dapper;
using Npgsql;

namespace Marketing.Core.Cohorts;

/// <summary>Asks the database who is in a cohort. A failed statement throws; it is never an empty answer.</summary>
public sealed class CohortRepository(NpgsqlDataSource source)
{
    public async Task<int> CountAsync(CohortSql cohort, CancellationToken ct)
    {
        var sql = $"SELECT count(*)::int FROM users u WHERE {cohort.Where}";
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteScalarAsync<int>(new CommandDefinition(sql, cohort.Parameters, cancellationToken: ct));
    }

    private const string MissingSql = """
        SELECT id FROM unnest(@ids) AS id WHERE NOT EXISTS (SELECT FROM broadcasts b WHERE b.id = id.id)
        """;

    /// <summary>Those of the broadcasts that do not exist.</summary>
    public async Task<IReadOnlySet<Guid>> MissingAsync(IEnumerable<Guid> broadcasts, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<Guid>(new CommandDefinition(MissingSql, new { ids = broadcasts.ToArray() }, cancellationToken: ct))).ToHashSet();
    }

    /// <summary>At most <paramref name="size"/> members, newest first: ids are time-ordered, so the primary key serves it.</summary>
    public async Task<IReadOnlyList<CohortMember>> SampleAsync(CohortSql cohort, int size, CancellationToken ct)
    {
        var sql = $"""
            SELECT u.id, u.telegram_user_id, u.first_name, u.username, u.language, u.user_tier, u.region
            FROM users u WHERE {cohort.Where} ORDER BY u.id DESC LIMIT @size
            """;
        var parameters = new DynamicParameters(cohort.Parameters);
        parameters.Add("size", size);
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<CohortMember>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList();
    }
}
