using System.Text.Json;
using Dapper;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Templates;

/// <summary>Templates as they are now; a deleted one is to all methods as if it were not there.</summary>
public sealed class TemplateRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private const string Columns = "id, name, category, content, cta_buttons, translations, version, created_by, created_at, updated_at";

    // Each version is kept by the very statement that saves it.
    private const string KeepSql = $"""
        , kept AS (
            INSERT INTO template_versions (template_id, version, name, category, content, cta_buttons, translations, created_by, created_at)
            SELECT id, version, name, category, content, cta_buttons, translations, @CreatedBy, updated_at FROM saved)
        SELECT {Columns} FROM saved
        """;

    private const string InsertSql = $"""
        WITH saved AS (
            INSERT INTO broadcast_templates (id, name, category, content, cta_buttons, translations, created_by, created_at, updated_at)
            VALUES (@Id, @Name, @Category, @Content, @CtaButtons::jsonb, @Translations::jsonb, @CreatedBy, @CreatedAt, @UpdatedAt)
            RETURNING {Columns})
        {KeepSql}
        """;

    /// <exception cref="ConflictException">The name is taken.</exception>
    public async Task<Template> InsertAsync(Template template, CancellationToken ct) => (await WriteAsync(InsertSql, template, null, ct))!;

    private const string UpdateSql = $"""
        WITH saved AS (
            UPDATE broadcast_templates SET name = @Name, category = @Category, content = @Content, cta_buttons = @CtaButtons::jsonb,
                translations = @Translations::jsonb, version = version + 1, updated_at = @UpdatedAt
            WHERE id = @Id AND deleted_at IS NULL AND (@ifMatch::text[] IS NULL OR version::text = ANY (@ifMatch))
            RETURNING {Columns})
        {KeepSql}
        """;

    /// <summary>Null when there is no such template, or it has another version.</summary>
    /// <param name="ifMatch">The versions of which it must have one; any when null.</param>
    /// <exception cref="ConflictException">The name is taken.</exception>
    public Task<Template?> UpdateAsync(Template template, string[]? ifMatch, CancellationToken ct) => WriteAsync(UpdateSql, template, ifMatch, ct);

    private async Task<Template?> WriteAsync(string sql, Template template, string[]? ifMatch, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        try
        {
            var row = await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(sql, new
            {
                template.Id, template.Name, template.Category, template.Content,
                CtaButtons = JsonSerializer.Serialize(template.CtaButtons, Json.Options),
                Translations = JsonSerializer.Serialize(template.Translations, Json.Options),
                template.CreatedBy, template.CreatedAt, template.UpdatedAt, ifMatch,
            }, cancellationToken: ct));
            return row?.ToTemplate();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new ConflictException($"A template named \"{template.Name}\" exists already; upper and lower case are the same.");
        }
    }

    private const string GetSql = $"SELECT {Columns} FROM broadcast_templates WHERE id = @id AND deleted_at IS NULL";

    public async Task<Template?> GetAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(GetSql, new { id }, cancellationToken: ct)))?.ToTemplate();
    }

    // Ids are UUIDv7, so the primary key gives newest first and is the cursor.
    private const string PageSql = $"""
        SELECT {Columns} FROM broadcast_templates
        WHERE deleted_at IS NULL AND (@before::uuid IS NULL OR id < @before) AND (@Category::text IS NULL OR category = @Category)
            AND (@Search::text IS NULL OR position(lower(@Search) IN lower(name)) > 0)
        ORDER BY id DESC LIMIT @limit
        """;

    /// <param name="before">The last id already seen; null for the newest.</param>
    public async Task<IReadOnlyList<Template>> PageAsync(TemplateFilter filter, Guid? before, int limit, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return [.. (await db.QueryAsync<Row>(new CommandDefinition(
            PageSql, new { filter.Category, filter.Search, before, limit }, cancellationToken: ct))).Select(r => r.ToTemplate())];
    }

    // FOR UPDATE waits for a broadcast that is being made with it, and makes the next one wait (BroadcastRepository.InsertSql).
    private const string LockSql = "SELECT 1 FROM broadcast_templates WHERE id = @id AND deleted_at IS NULL FOR UPDATE";

    // Those that have not frozen their message yet.
    private const string UsersSql = """
        SELECT title FROM broadcasts WHERE template_id = @id AND planned_at IS NULL AND status IN (0, 1, 4, 5) ORDER BY id DESC
        """;

    private const string DeleteSql = "UPDATE broadcast_templates SET deleted_at = @now WHERE id = @id";

    private const int MaxNamed = 5;

    /// <summary>False when there is no such template.</summary>
    /// <exception cref="ConflictException">A broadcast is still to be sent with it.</exception>
    public async Task<bool> DeleteAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        CommandDefinition Command(string sql) => new(sql, new { id, now = clock.GetUtcNow() }, transaction, cancellationToken: ct);
        if (await db.ExecuteScalarAsync<int?>(Command(LockSql)) is null)
            return false;
        var users = (await db.QueryAsync<string>(Command(UsersSql))).AsList();
        if (users.Count > 0)
        {
            var names = string.Join(", ", users.Take(MaxNamed).Select(title => $"\"{title}\""));
            var more = users.Count > MaxNamed ? $" and {users.Count - MaxNamed} more" : "";
            throw new ConflictException($"Broadcasts are still to be sent with this template: {names}{more}. Send, change or delete them first.");
        }

        await db.ExecuteAsync(Command(DeleteSql));
        await transaction.CommitAsync(ct);
        return true;
    }

    private sealed record Row(
        Guid Id, string Name, string Category, string Content, string CtaButtons, string Translations, int Version,
        Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
    {
        public Template ToTemplate() => new(
            Id, Name, Category, Content, MessageJson.Buttons(CtaButtons), MessageJson.Translations(Translations), Version,
            CreatedBy, CreatedAt, UpdatedAt);
    }
}
