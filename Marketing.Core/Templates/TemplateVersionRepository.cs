using Dapper;
using Npgsql;

namespace Marketing.Core.Templates;

/// <summary>What templates were. Deleted templates keep their versions, because the broadcasts that were sent with them name them.</summary>
public sealed class TemplateVersionRepository(NpgsqlDataSource source)
{
    private const string PageSql = """
        SELECT version, name, category, created_by, created_at FROM template_versions
        WHERE template_id = @templateId AND (@before::integer IS NULL OR version < @before)
        ORDER BY version DESC LIMIT @limit
        """;

    /// <summary>The newest first.</summary>
    /// <param name="before">The last version already seen; null for the newest.</param>
    public async Task<IReadOnlyList<TemplateVersionRow>> PageAsync(Guid templateId, int? before, int limit, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QueryAsync<TemplateVersionRow>(new CommandDefinition(
            PageSql, new { templateId, before, limit }, cancellationToken: ct))).AsList();
    }

    private const string GetSql = """
        SELECT template_id, version, name, category, content, cta_buttons, translations, created_by, created_at
        FROM template_versions WHERE template_id = @templateId AND version = @version
        """;

    public async Task<TemplateVersion?> GetAsync(Guid templateId, int version, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(GetSql, new { templateId, version }, cancellationToken: ct)) is { } row
            ? new TemplateVersion(
                row.TemplateId, row.Version, row.Name, row.Category, row.Content, MessageJson.Buttons(row.CtaButtons),
                MessageJson.Translations(row.Translations), row.CreatedBy, row.CreatedAt)
            : null;
    }

    private sealed record Row(
        Guid TemplateId, int Version, string Name, string Category, string Content, string CtaButtons, string Translations,
        Guid CreatedBy, DateTimeOffset CreatedAt);
}
