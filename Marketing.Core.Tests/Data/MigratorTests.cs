using Dapper;
using Marketing.Core.Data;
using Marketing.Core.Tests.Fixtures;

namespace Marketing.Core.Tests.Data;

public sealed class MigratorTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Migrate_DownToZeroAndUpAgain_LeavesTheSameSchema()
    {
        var migrator = new Migrator(database.Source);
        var before = await SchemaAsync();

        var down = await migrator.MigrateAsync(0, default);
        var empty = await SchemaAsync();
        var up = await Task.WhenAll(migrator.UpAsync(default), migrator.UpAsync(default), migrator.UpAsync(default));

        var numbers = Migrator.All.Select(m => m.Number).ToList();
        Assert.Equal(Enumerable.Reverse(numbers), down);
        Assert.Empty(empty);
        Assert.Equal(numbers, up.SelectMany(n => n)); // each applied once, whoever was first
        Assert.Equal(before, await SchemaAsync());
        Assert.Contains("deliveries.seq integer not null", before);
    }

    [Fact]
    public void All_Numbers_AreOneAfterTheOther() =>
        Assert.Equal(Enumerable.Range(1, Migrator.All.Count), Migrator.All.Select(m => m.Number));

    // Columns, indexes and constraints, as Postgres describes them.
    private async Task<IReadOnlyList<string>> SchemaAsync()
    {
        await using var db = await database.Source.OpenConnectionAsync();
        return (await db.QueryAsync<string>("""
            SELECT a.attrelid::regclass || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END || COALESCE(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attnum > 0 AND NOT a.attisdropped
            UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indrelid AND c.relnamespace = 'public'::regnamespace
            UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            ORDER BY 1
            """)).AsList();
    }
}
