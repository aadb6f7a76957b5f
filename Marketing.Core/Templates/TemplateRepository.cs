using System.Text.Json;
using Dapper;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Templates;

public sealed class TemplateRepository(NpgsqlDataSource source)
{
    private const string Columns = "id, name, category, content, cta_buttons, version, created_by, created_at, updated_at";

    private const string InsertSql = $"""
        INSERT INTO broadcast_templates (id, name, category, content, cta_buttons, created_by, created_at, updated_at)
        VALUES (@Id, @Name, @Category, @Content, @CtaButtons::jsonb, @CreatedBy, @CreatedAt, @UpdatedAt)
        RETURNING {Columns}
        """;

    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task<Template> InsertAsync(Template template, CancellationToken ct) => (await WriteAsync(InsertSql, template, ct))!;

    private const string UpdateSql = $"""
        UPDATE broadcast_templates SET name = @Name, category = @Category, content = @Content, cta_buttons = @CtaButtons::jsonb,
            version = version + 1, updated_at = @UpdatedAt
        WHERE id = @Id
        RETURNING {Columns}
        """;

    /// <summary>Null when there is no such template.</summary>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public Task<Template?> UpdateAsync(Template template, CancellationToken ct) => WriteAsync(UpdateSql, template, ct);

    private async Task<Template?> WriteAsync(string sql, Template template, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        try
        {
            var row = await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new
            {
                template.Id, template.Name, template.Category, template.Content,
                CtaButtons = JsonSerializer.Serialize(template.CtaButtons, Json.Options),
                template.CreatedBy, template.CreatedAt, template.UpdatedAt,
            }, cancellationToken: ct));
            return row?.ToTemplate();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException($"A template named \"{template.Name}\" exists already.");
        }
    }

    private const string GetSql = $"SELECT {Columns} FROM broadcast_templates WHERE id = @id";

    public async Task<Template?> GetAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(GetSql, new { id }, cancellationToken: ct)))?.ToTemplate();
    }

    private const string ListSql = $"SELECT {Columns} FROM broadcast_templates ORDER BY category, name";

    public async Task<IReadOnlyList<Template>> ListAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return [.. (await db.QueryAsync<Row>(new CommandDefinition(ListSql, cancellationToken: ct))).Select(r => r.ToTemplate())];
    }

    private const string DeleteSql = "DELETE FROM broadcast_templates WHERE id = @id";

    /// <summary>False when there is no such template.</summary>
    /// <exception cref="ConflictException">A broadcast uses it.</exception>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        try
        {
            return await db.ExecuteAsync(new CommandDefinition(DeleteSql, new { id }, cancellationToken: ct)) == 1;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new ConflictException("A broadcast uses this template.");
        }
    }

    private sealed record Row(
        Guid Id, string Name, string Category, string Content, string CtaButtons, int Version,
        Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
    {
        public Template ToTemplate() => new(
            Id, Name, Category, Content, JsonSerializer.Deserialize<List<CtaButton>>(CtaButtons, Json.Options)!, Version,
            CreatedBy, CreatedAt, UpdatedAt);
    }
}
