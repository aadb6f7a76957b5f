using Marketing.Local.Telegram;

namespace Marketing.Bench.Chaos;

/// <summary>Telegram and the way to it: spells of errors, broken connections, hanging and slow requests, and 429s.</summary>
internal sealed class Weather(ChaosWorld world, Random random)
{
    private static readonly (string Name, SimulatorSettings Settings)[] Spells =
    [
        ("clear", new()),
        ("5xx", new() { Fault5xxPercent = 10 }),
        ("resets", new() { FaultResetPercent = 4 }),
        ("hangs", new() { FaultHangPercent = 0.3 }), // each holds its window's places for the 30 s of the request timeout
        ("slow", new() { LatencyMs = 250 }),
        ("outage", new() { Fault5xxPercent = 100 }),
        ("everything", new() { Fault5xxPercent = 5, FaultResetPercent = 2, FaultHangPercent = 0.1, LatencyMs = 40 }),
    ];

    public async Task RunAsync(CancellationToken storm)
    {
        do
        {
            // Clear every other time, so that something gets done.
            var (name, settings) = random.Next(2) == 0 ? Spells[0] : Spells[random.Next(1, Spells.Length)];
            world.Telegram.Settings = settings with { Seed = random.Next() };
            world.Log.Count($"spells of {name}");
            if (random.Next(8) != 0)
                continue;
            world.Telegram.Close(TimeSpan.FromSeconds(random.Next(1, 4)));
            world.Log.Count("spells of 429");
        }
        while (await Cast.PauseAsync(random, 2_000, 6_000, storm));
        world.Telegram.Settings = new();
    }
}
