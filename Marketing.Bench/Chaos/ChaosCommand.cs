namespace Marketing.Bench.Chaos;

/// <summary><c>./dev chaos</c>.</summary>
internal static class ChaosCommand
{
    /// <returns>1 when a promise was broken; then what the hosts printed is in a file that a line names.</returns>
    public static async Task<int> RunAsync(ChaosArguments arguments, TextWriter output, CancellationToken ct)
    {
        var report = await Soak.RunAsync(arguments, output, ct);
        await output.WriteLineAsync(report.ToString());
        if (!report.AllKept)
        {
            // Before the JSON, which may fail: nothing else brings these back.
            var logs = Path.Combine(Path.GetTempPath(), $"marketing-chaos-{arguments.Seed}.log");
            await File.WriteAllTextAsync(logs, report.HostLogs, ct);
            await output.WriteLineAsync($"A promise was broken. What the hosts printed is in {logs}");
        }

        if (arguments.Json is { } file)
            await File.WriteAllTextAsync(file, report.ToJson(), ct);
        return report.AllKept ? 0 : 1;
    }
}
