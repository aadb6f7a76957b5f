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

    public static async Task<ChildProcess> StartAsync(string role, ChildRequest start, CancellationToken ct)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Under `dotnet Marketing.Bench.dll` the program is dotnet and the assembly its first argument.
        if (Path.GetFileNameWithoutExtension(info.FileName) == "dotnet")
            info.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        info.ArgumentList.Add(Child.Command);
        info.ArgumentList.Add(role);
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

    /// <summary>At once: what it was asked for is done, and its database is thrown away.</summary>
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
