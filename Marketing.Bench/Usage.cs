using Marketing.Bench.Processes;

namespace Marketing.Bench;

/// <summary>What the processes have used so far; the difference of two is what a run took.</summary>
internal sealed record Usage(TimeSpan Sender, TimeSpan Postgres, TimeSpan Simulator, long Allocated)
{
    public static async Task<Usage> ReadAsync(ChildProcess sender, BenchPostgres postgres, ChildProcess? simulator, CancellationToken ct) => new(
        sender.Cpu, postgres.Cpu, simulator?.Cpu ?? TimeSpan.Zero, (await sender.AskAsync(new("measure"), ct)).Allocated);

    /// <summary>Sender and Postgres: what our side costs, in microseconds per message.</summary>
    public double OwnCpu(int messages) => (Sender + Postgres).TotalMicroseconds / messages;

    public string PerMessage(int messages) => FormattableString.Invariant(
        $"sender {Sender.TotalMicroseconds / messages:0} + Postgres {Postgres.TotalMicroseconds / messages:0} + simulator {Simulator.TotalMicroseconds / messages:0} us, {Allocated / 1024.0 / messages:0.0} KiB allocated");

    public static Usage operator -(Usage end, Usage start) => new(
        end.Sender - start.Sender, end.Postgres - start.Postgres, end.Simulator - start.Simulator, end.Allocated - start.Allocated);
}
