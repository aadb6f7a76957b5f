using System.Globalization;
using System.Net.Sockets;

namespace Marketing.Bench.Chaos;

/// <summary>A place for a host: its port stays, so that the webhook and the links lead to whichever process is on it.</summary>
internal sealed class HostSlot(string name, int port, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private readonly List<string> logs = [];
    private LocalProcess? process;

    public string Name => name;

    public Uri Address { get; } = new($"http://127.0.0.1:{port}");

    public bool IsUp => process is not null;

    /// <summary>Ended without being told to.</summary>
    public bool HasCrashed => process is { HasExited: true };

    /// <summary>What its processes printed.</summary>
    public string Log => string.Join('\n', process is null ? logs : [.. logs, process.Output]);

    public async Task StartAsync()
    {
        process = LocalProcess.Launch(name, ["host", "--port", port.ToString(CultureInfo.InvariantCulture)], settings);
        await process.ReadyAsync();
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => EndAsync(p => p.KillAsync());

    /// <summary>Asks it to stop, as a deployment does; what it may leave undone after its 10 s is as after a kill.</summary>
    public Task TerminateAsync() => EndAsync(p => p.TerminateAsync());

    private async Task EndAsync(Func<LocalProcess, Task> end)
    {
        if (process is not { } ending)
            return;
        process = null;
        await end(ending);
        logs.Add(ending.Output);
        await ending.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>
    /// A free port below those that the system gives to outgoing connections (from 32768 on): whoever keeps on connecting to one of
    /// those while nobody listens there ends up connected to itself, and the port is taken.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 30_000);
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
