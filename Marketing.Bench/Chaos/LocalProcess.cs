using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Marketing.Bench.Chaos;

/// <summary>A command of Marketing.Local in a process of its own, which can be killed as by a power cut.</summary>
internal sealed partial class LocalProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<LocalProcess, bool> Running = [];

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = [];
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A run that is broken off must not leave hosts behind that send to nobody.
    static LocalProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var left in Running.Keys)
            left.process.Kill(entireProcessTree: true);
    };

    private LocalProcess(string name, Process process) => (Name, this.process) = (name, process);

    public string Name { get; }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(100) };

    /// <summary>All that it printed, for the message of a failure.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Starts it; the settings are all that it finds with two underscores in its environment.</summary>
    public static LocalProcess Launch(string name, string[] arguments, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Marketing.Local.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var inherited in start.Environment.Keys.Where(k => k.Contains("__", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(inherited);
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        start.Environment["DOTNET_TieredPGO"] = "0"; // a start then costs 1.0 s of CPU, not 1.45

        var launched = new LocalProcess(name, new Process { StartInfo = start });
        if (settings.TryGetValue("Marketing__OwnerToken", out var owner))
            launched.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", owner);
        launched.process.OutputDataReceived += (_, line) => launched.Read(line.Data);
        launched.process.ErrorDataReceived += (_, line) => launched.Read(line.Data);
        launched.process.Start();
        Running.TryAdd(launched, true);
        launched.process.BeginOutputReadLine();
        launched.process.BeginErrorReadLine();
        return launched;
    }

    /// <summary>Waits for the line that says where it listens.</summary>
    public async Task<Uri> ReadyAsync()
    {
        var end = process.WaitForExitAsync();
        if (await Task.WhenAny(ready.Task, end).WaitAsync(TimeSpan.FromMinutes(1)) == end)
            throw new InvalidOperationException($"{Name} ended with {process.ExitCode}: {Output}");
        var address = await ready.Task;
        Http.BaseAddress ??= new Uri(address, "api/");
        return address;
    }

    public bool HasExited => process.HasExited;

    /// <summary>kill -9: it gets to finish nothing.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>Asks it to stop, as a service manager does, and returns its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        return await ExitCodeAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        Running.TryRemove(this, out _);
        process.Dispose();
        Http.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        output.Enqueue(line);
        if (ReadyLine().Match(line) is { Success: true } match)
            ready.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(" ready at (http://\\S+)")]
    private static partial Regex ReadyLine();
}
