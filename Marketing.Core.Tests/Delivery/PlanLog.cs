using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Core.Tests.Delivery;

/// <summary>The plans, as they ran, of every statement over one data source: auto_explain sends them as notices.</summary>
internal sealed class PlanLog : ILoggerProvider, ILogger
{
    private const string Settings = "Options=-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 "
        + "-c auto_explain.log_analyze=on -c auto_explain.log_timing=off -c auto_explain.log_buffers=on -c auto_explain.log_format=json "
        + "-c auto_explain.log_level=notice";

    private readonly ConcurrentQueue<StatementPlan> plans = new();

    /// <summary>Prepares statements as the app does: after five runs they may get a plan that knows no values.</summary>
    public NpgsqlDataSource Watch(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder($"{connectionString};Max Auto Prepare=64;No Reset On Close=true;{Settings}");
        builder.UseLoggerFactory(LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(this)));
        return builder.Build();
    }

    public IReadOnlyList<StatementPlan> Of(string fragment) => [.. plans.Where(p => p.Text.Contains(fragment, StringComparison.Ordinal))];

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        var (from, to) = (text.IndexOf("plan:\n{", StringComparison.Ordinal), text.LastIndexOf('}'));
        if (from >= 0)
            plans.Enqueue(new StatementPlan(JsonElement.Parse(text[(from + 6)..(to + 1)])));
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose()
    {
    }
}

internal sealed class StatementPlan(JsonElement json)
{
    public string Text { get; } = json.GetProperty("Query Text").GetString()!;

    /// <summary>Pages of 8 KB that the statement touched.</summary>
    public long Buffers => Number(json.GetProperty("Plan"), "Shared Hit Blocks") + Number(json.GetProperty("Plan"), "Shared Read Blocks");

    public IReadOnlyList<string> SequentialScans => [.. Nodes(json.GetProperty("Plan"))
        .Where(n => n.GetProperty("Node Type").GetString() == "Seq Scan").Select(n => n.GetProperty("Relation Name").GetString()!)];

    /// <summary>Rows of the ledger that any node of the plan read.</summary>
    public double LedgerRowsRead => Nodes(json.GetProperty("Plan"))
        .Where(n => n.TryGetProperty("Relation Name", out var name) && name.GetString() == "deliveries" && n.GetProperty("Node Type").GetString() != "ModifyTable")
        .Sum(n => (Number(n, "Actual Rows") + Number(n, "Rows Removed by Filter")) * Number(n, "Actual Loops"));

    public override string ToString() => json.GetRawText();

    private static IEnumerable<JsonElement> Nodes(JsonElement node) => node.TryGetProperty("Plans", out var plans)
        ? plans.EnumerateArray().SelectMany(Nodes).Prepend(node) : [node];

    private static long Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? (long)value.GetDouble() : 0;
}
