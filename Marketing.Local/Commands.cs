using System.Globalization;
using Marketing.Local.CoreTools;
using Marketing.Local.Telegram;

namespace Marketing.Local;

/// <summary>What this program can be told to do: everything at once, or one part as a process of its own.</summary>
internal static class Commands
{
    private sealed record Command(string Name, string Arguments, Func<string[], CancellationToken, Task> RunAsync);

    private static readonly Command[] All =
    [
        new("run", RunArguments.Usage, (args, ct) => RunCommand.RunAsync(RunArguments.Parse(args), ct)),
        new("func", RunArguments.Usage, (args, ct) => FuncCommand.RunAsync(RunArguments.Parse(args), ct)),
        new("host", "[--port N]", (args, ct) => HostAsync(Port(args, byDefault: 7071), ct)),
        new("simulator", "[--port N]", (args, ct) => SimulatorAsync(Port(args, byDefault: 7072), ct)),
    ];

    /// <exception cref="ArgumentException">No such command, or arguments that it does not take.</exception>
    public static Task RunAsync(string[] args, CancellationToken ct)
    {
        var command = All.FirstOrDefault(c => c.Name == args.FirstOrDefault())
            ?? throw new ArgumentException("usage: " + string.Join(" | ", All.Select(c => $"{c.Name} {c.Arguments}")));
        return command.RunAsync(args[1..], ct);
    }

    /// <summary>The function host alone, every setting from the environment: one more worker on a database, for one.</summary>
    private static async Task HostAsync(int port, CancellationToken ct)
    {
        await using (var host = await RunCommand.StartHostAsync(port, LocalSettings.FromEnvironment(), ct))
            await ServeAsync("Function host", host.Address, ct);
        Console.WriteLine("Stopped.");
    }

    private static async Task SimulatorAsync(int port, CancellationToken ct)
    {
        await using (var simulator = await TelegramSimulator.StartAsync(new TelegramSimulatorOptions { Port = port }, ct))
            await ServeAsync("Telegram simulator", simulator.Address, ct);
        Console.WriteLine("Stopped.");
    }

    // Whoever started the process reads this line, the only one that names the port when it was left open.
    private static async Task ServeAsync(string name, Uri address, CancellationToken ct)
    {
        Console.WriteLine($"{name} ready at {address}");
        await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // 0 takes any free port.
    private static int Port(string[] args, int byDefault) => args switch
    {
        [] => byDefault,
        ["--port", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 => port,
        _ => throw new ArgumentException($"{string.Join(' ', args)}: unknown, or its value is missing or bad; usage: [--port N]"),
    };
}
