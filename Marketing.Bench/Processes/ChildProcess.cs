using System.Diagnostics;
using System.Text.Json;

namespace Marketing.Bench.Processes;

/// <summary>This program again, in a process of its own, so that its CPU time and memory are its own.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;

    private ChildProcess(Process process) => this.process = process;

    public Uri Address { get; private set; } = null!;

    public int MaxInFlight { get; private set; }

    public bool HasExited => process.HasExited;

    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public long PeakWorkingSet
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    public static string Program => Environment.ProcessPath!;

    // Under `dotnet Marketing.Bench.dll` the program is dotnet and the assembly its first argument.
    public static IReadOnlyList<string> Arguments { get; } = Path.GetFileNameWithoutExtension(Program) == "dotnet"
        ? [typeof(ChildProcess).Assembly.Location, Child.Command] : [Child.Command];

    public static async Task<ChildProcess> StartAsync(string role, ChildRequest start, CancellationToken ct)
    {
        var info = new ProcessStartInfo(Program, [.. Arguments, role]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var child = new ChildProcess(Process.Start(info) ?? throw new InvalidOperationException($"the {role} process did not start"));
        try
        {
            var started = await child.AskAsync(start, ct);
            (child.Address, child.MaxInFlight) = (started.Address!, started.MaxInFlight);
            return child;
        }
        catch
        {
            // Whatever stopped the start: the caller gets no child that it could dispose.
            await child.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="InvalidOperationException">The child failed at it, or ended.</exception>
    public async Task<ChildAnswer> AskAsync(ChildRequest request, CancellationToken ct)
    {
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request).AsMemory(), ct);
        await process.StandardInput.FlushAsync(ct);
        var line = await process.StandardOutput.ReadLineAsync(ct)
            ?? throw new InvalidOperationException($"the child process ended at {request.Command}");
        var answer = JsonSerializer.Deserialize<ChildAnswer>(line)!;
        return answer.Error is null ? answer : throw new InvalidOperationException(answer.Error);
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync()
    {
        process.Kill();
        return process.WaitForExitAsync();
    }

    /// <summary>At once: what it was asked for is done, and its database is thrown away.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }
}
