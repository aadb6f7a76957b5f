using System.Diagnostics;
using System.Net.Sockets;

namespace Marketing.Local.CoreTools;

/// <summary>A program that runs as long as this one wants it to; its output goes where ours goes.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly string name;
    private readonly Process process;

    private ChildProcess(string name, Process process) => (this.name, this.process) = (name, process);

    public static ChildProcess Start(
        string name, string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return new ChildProcess(name, Process.Start(start)!);
    }

    /// <exception cref="InvalidOperationException">It ended, or did not answer in time.</exception>
    public async Task AnswersAsync(Func<CancellationToken, Task<bool>> ask, TimeSpan patience, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        while (!await ask(ct))
        {
            if (process.HasExited)
                throw new InvalidOperationException($"{name} ended with exit code {process.ExitCode}; what it printed says why.");
            if (watch.Elapsed > patience)
                throw new InvalidOperationException($"{name} does not answer after {patience.TotalSeconds:0} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(250), ct);
        }
    }

    public static async Task<bool> ListensAsync(int port, CancellationToken ct)
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync("127.0.0.1", port, ct);
            return true;
        }
        catch (SocketException)
        {
            return false; // not yet
        }
    }

    public Task WaitForExitAsync(CancellationToken ct) => process.WaitForExitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        // A Ctrl-C in the terminal reaches it as well, and then it stops in order by itself.
        using var limit = new CancellationTokenSource(StopTimeout);
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.Dispose();
    }
}
