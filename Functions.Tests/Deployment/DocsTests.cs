using System.Text.RegularExpressions;
using Dapper;
using Marketing.Core.Tests.Fixtures;
using Npgsql;

namespace Marketing.Functions.Tests.Deployment;

/// <summary>Operators read docs/ at night: what an alert or a table is called there is what it is called.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public void Alerts_OfBicep_HaveASectionInOperations()
    {
        var alerts = AlertKey().Matches(Repository.Read("infra", "modules", "alerts.bicep")).Select(m => m.Groups["key"].Value).ToList();
        var documented = Sections(Repository.Read("docs", "operations.md"), "Alerts");

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        Assert.All(documented, section => Assert.False(string.IsNullOrWhiteSpace(section.Value), $"{section.Key} says nothing"));
    }

    [Fact]
    public async Task Tables_OfTheMigrations_AreInSchemaWithAllTheirColumns()
    {
        var documented = Sections(Repository.Read("docs", "schema.md"), "Tables")
            .SelectMany(table => TableRow().Matches(table.Value), (table, row) => (table, row))
            .SelectMany(t => Name().Matches(t.row.Groups["columns"].Value), (t, name) => $"{t.table.Key}.{name.Groups["name"].Value}")
            .ToList();
        var columns = await ColumnsAsync();

        Assert.Contains("deliveries.seq", columns);
        Assert.Empty(columns.Except(documented)); // missing in docs/schema.md
        Assert.Empty(documented.Except(columns)); // no longer there, or misspelled
    }

    private const string ColumnsSql = """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
        """;

    private static async Task<IReadOnlyList<string>> ColumnsAsync()
    {
        await using var source = NpgsqlDataSource.Create(await TestPostgres.CreateDatabaseAsync());
        await using var db = await source.OpenConnectionAsync();
        return (await db.QueryAsync<string>(ColumnsSql)).AsList();
    }

    // The "### name" sections under "## chapter", with their texts.
    private static Dictionary<string, string> Sections(string document, string chapter)
    {
        var from = document.IndexOf($"\n## {chapter}\n", StringComparison.Ordinal);
        Assert.True(from >= 0, $"There is no chapter {chapter}.");
        var to = document.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        return document[from..(to < 0 ? document.Length : to)].Split("\n### ")[1..]
            .Select(section => section.Split('\n', 2)).ToDictionary(lines => lines[0].Trim('`', ' '), lines => lines[1]);
    }

    [GeneratedRegex(@"^\s+key: '(?<key>[^']+)'$", RegexOptions.Multiline)]
    private static partial Regex AlertKey();

    // A row of a table whose first cell names one column or several: | `id`, `name` | ... |
    [GeneratedRegex(@"^\| (?<columns>`[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("`(?<name>[a-z0-9_]+)`")]
    private static partial Regex Name();
}
