using Dapper;
using Marketing.Core.Data;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Data;

/// <summary>What the migration to versions does to templates that are there already, and its way back.</summary>
public sealed class TemplateVersionsMigrationTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string TemplateSql = """
        INSERT INTO broadcast_templates (id, name, category, content, version, created_by) VALUES (@id, @name, 'c', @content, 3, @owner)
        """;

    [Fact]
    public async Task Migrate_TemplatesThatAreThere_HaveTheirVersionAndANameOfTheirOwn()
    {
        var migrator = new Migrator(database.Source);
        var number = Migrator.All.Single(m => m.Name == "template_versions").Number;
        await migrator.MigrateAsync(number - 1, default);
        await using var db = await database.Source.OpenConnectionAsync();
        var now = TimeProvider.System.GetUtcNow();
        var (owner, first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7(now), Guid.CreateVersion7(now.AddMilliseconds(1)));
        await db.ExecuteAsync("INSERT INTO admin_tokens (id, name, role, token_sha256) VALUES (@owner, 'o', 4, sha256(uuid_send(@owner)))", new { owner });
        await db.ExecuteAsync(TemplateSql, new { id = first, name = "Hello", content = "One", owner });
        await db.ExecuteAsync(TemplateSql, new { id = second, name = "HELLO", content = "Two", owner });

        await migrator.MigrateAsync(number, default);

        Assert.Equal(["Hello", $"HELLO ({second})"], await NamesAsync());
        Assert.Equal([(first, 3, "One"), (second, 3, "Two")], await db.QueryAsync<(Guid, int, string)>(
            "SELECT template_id, version, content FROM template_versions ORDER BY template_id"));

        // A deleted one, whose name another has by now, is there again.
        await db.ExecuteAsync("UPDATE broadcast_templates SET deleted_at = now() WHERE id = @first", new { first });
        await db.ExecuteAsync("UPDATE broadcast_templates SET name = 'Hello' WHERE id = @second", new { second });
        await migrator.MigrateAsync(number - 1, default);

        Assert.Equal([$"Hello ({first})", "Hello"], await NamesAsync());

        async Task<IEnumerable<string>> NamesAsync() => await db.QueryAsync<string>("SELECT name FROM broadcast_templates ORDER BY id");
    }
}
