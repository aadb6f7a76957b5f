using System.Diagnostics;

namespace Marketing.Bench.Processes;

/// <summary>A program that is told a <see cref="PeerJob"/>, sends it and ends.</summary>
internal sealed class PeerProgram : IPeer
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> errors;

    private PeerProgram(Process process) => (this.process, output, errors) =
        (process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());

    /// <summary>A script under peers/.</summary>
    public static IPeer Script(string file, PeerJob job) => Start("node", [file, job.ToJson()]);

    /// <summary>The loop over ITelegramBotClient, by this program.</summary>
    public static IPeer PlainLoop(PeerJob job) => Start(ChildProcess.Program, [.. ChildProcess.Arguments, PlainTelegramLoop.Role, job.ToJson()]);

    private static PeerProgram Start(string program, IReadOnlyList<string> arguments) => new(
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
        ?? throw new InvalidOperationException($"{program} did not start"));

    public async Task<PeerEnd> EndAsync(CancellationToken ct)
    {
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0
            ? PeerEnd.Read(await output)
            : throw new InvalidOperationException($"{string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}: {await errors}");
    }

    public async Task<long> KillAsync()
    {
        process.Refresh();
        var peak = process.HasExited ? 0 : process.PeakWorkingSet64;
        process.Kill();
        await process.WaitForExitAsync();
        return peak;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }
}
