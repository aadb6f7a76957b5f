using System.Text.Json;
using Dapper;
using Npgsql;

namespace Marketing.Core.Cohorts;

/// <summary>A cohort query under a name.</summary>
public sealed record SavedCohort(Guid Id, string Name, JsonElement CohortQuery, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

public sealed record CohortInput(string? Name, JsonElement? CohortQuery)
{
    public const string QueryMissing = "is missing; {} is everyone who can be reached";
}

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

    private const string InsertSql = $"""
        INSERT INTO cohorts (id, name, cohort_query, created_by, created_at, updated_at)
        VALUES (@Id, @Name, @CohortQuery, @createdBy, @CreatedAt, @UpdatedAt)
        RETURNING {Columns}
        """;

    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task<SavedCohort> InsertAsync(SavedCohort cohort, Guid createdBy, CancellationToken ct) => (await WriteAsync(InsertSql, cohort, createdBy, ct))!;

    private const string UpdateSql = $"""
        UPDATE cohorts SET name = @Name, cohort_query = @CohortQuery, updated_at = @UpdatedAt WHERE id = @Id
        RETURNING {Columns}
        """;

    /// <summary>Null when there is no such cohort.</summary>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public Task<SavedCohort?> UpdateAsync(SavedCohort cohort, CancellationToken ct) => WriteAsync(UpdateSql, cohort, null, ct);

    private const string DeleteSql = "DELETE FROM cohorts WHERE id = @id";

    /// <summary>False when there is no such cohort.</summary>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteAsync(new CommandDefinition(DeleteSql, new { id }, cancellationToken: ct)) == 1;
    }

    private async Task<SavedCohort?> WriteAsync(string sql, SavedCohort cohort, Guid? createdBy, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        try
        {
            return await db.QuerySingleOrDefaultAsync<SavedCohort>(new CommandDefinition(sql, new
            {
                cohort.Id, cohort.Name, cohort.CohortQuery, createdBy, cohort.CreatedAt, cohort.UpdatedAt,
            }, cancellationToken: ct));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException($"A cohort named \"{cohort.Name}\" exists already.");
        }
    }
}
