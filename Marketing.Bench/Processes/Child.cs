using System.Text.Json;
using Marketing.Local.Telegram;

namespace Marketing.Bench.Processes;

/// <summary>What a child process does: answers its parent's requests, one at a time, until its standard input ends.</summary>
internal static class Child
{
    public const string Command = "child";
    public const string Simulator = "simulator";
    public const string Sender = "sender";

    private static readonly TimeSpan HeapLook = TimeSpan.FromMilliseconds(10);

    public static async Task RunAsync(string role)
    {
        await using var sender = new Sender();
        TelegramSimulator? simulator = null;
        using var ending = new CancellationTokenSource();
        var heap = new HeapWatch();
        var watching = heap.WatchAsync(HeapLook, ending.Token);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            ChildAnswer answer;
            try
            {
                var request = JsonSerializer.Deserialize<ChildRequest>(line)!;
                answer = request.Command switch
                {
                    "start" when role == Simulator => new(Address: (simulator = await TelegramSimulator.StartAsync(
                        // A round's presses are made before it begins.
                        new() { CallbackLifetime = TimeSpan.FromHours(1) }, default)).Address),
                    "start" => await sender.StartAsync(request),
                    "measure" => new(Allocated: GC.GetTotalAllocatedBytes(), PeakManaged: heap.Peak),
                    _ => await sender.HandleAsync(request),
                };
            }
            catch (Exception e)
            {
                // Whatever it is, the parent has to hear of it, and decides.
                answer = new(Error: e.ToString());
            }

            Console.WriteLine(JsonSerializer.Serialize(answer));
        }

        if (simulator is not null)
            await simulator.DisposeAsync();
        await ending.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class HeapWatch
    {
        private long peak;

        public long Peak => Volatile.Read(ref peak);

        public async Task WatchAsync(TimeSpan period, CancellationToken ct)
        {
            using var timer = new PeriodicTimer(period);
            while (await timer.WaitForNextTickAsync(ct))
                Volatile.Write(ref peak, Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)));
        }
    }
}
