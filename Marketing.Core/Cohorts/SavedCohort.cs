using System.Text.Json;
using Dapper;
using Npgsql;

namespace Marketing.Core.Cohorts;

/// <summary>A cohort query under a name.</summary>
public sealed record SavedCohort(Guid Id, string Name, JsonElement CohortQuery, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed class SavedCohortRepository(NpgsqlDataSource source)
{
    private const string Columns = "id, name, cohort_query, created_at, updated_at";

    private const string ListSql = $"SELECT {Columns} FROM cohorts ORDER BY lower(name)";

    public async Task<IReadOnlyList<SavedCohort>> ListAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<SavedCohort>(new CommandDefinition(ListSql, cancellationToken: ct))).AsList();
    }

    private const string GetSql = $"SELECT {Columns} FROM cohorts WHERE id = @id";

    public async Task<SavedCohort?> GetAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<SavedCohort>(new CommandDefinition(GetSql, new { id }, cancellationToken: ct));
    }
}
