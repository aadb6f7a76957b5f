using Marketing.Core.Broadcasts;
using static Marketing.Core.Broadcasts.BroadcastStatus;

namespace Marketing.Core.Tests.Broadcasts;

public sealed class BroadcastScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // Seconds from now to the scheduled time; the grace is an hour, the look-ahead a minute.
    private static readonly (BroadcastStatus Status, double At, ScheduleStep Step)[] Table =
    [
        (Draft, 0, ScheduleStep.Leave), (Sent, 0, ScheduleStep.Leave), (Failed, 0, ScheduleStep.Leave),
        (Sending, 0, ScheduleStep.Deliver), (Paused, 0, ScheduleStep.Deliver), (Cancelled, 0, ScheduleStep.Deliver),
        (Sending, 9_999, ScheduleStep.Deliver), (Sending, -9_999, ScheduleStep.Deliver),
        (Scheduled, 60.001, ScheduleStep.Leave), (Scheduled, 60, ScheduleStep.Wait), (Scheduled, 0.001, ScheduleStep.Wait),
        (Scheduled, 0, ScheduleStep.Send), (Scheduled, -1, ScheduleStep.Send), (Scheduled, -3_600, ScheduleStep.Send),
        (Scheduled, -3_600.001, ScheduleStep.Fail), (Scheduled, -999_999, ScheduleStep.Fail),
    ];

    [Fact]
    public void Next_EveryStatusAndTime_IsTheStepThatTheTableSays()
    {
        foreach (var (status, at, step) in Table)
        {
            var next = BroadcastSchedule.Next(status, Now.AddSeconds(at), Now, TimeSpan.FromHours(1));
            Assert.True(next == step, $"{status} at {at} s: {next}, not {step}");
        }
    }

    [Fact]
    public void Next_EveryStatus_IsInTheTable() =>
        Assert.Equal(Enum.GetValues<BroadcastStatus>(), Table.Select(row => row.Status).Distinct().Order());

    [Fact]
    public void Next_NoGrace_FailsWhatIsLateAtAll()
    {
        Assert.Equal(ScheduleStep.Send, BroadcastSchedule.Next(Scheduled, Now, Now, TimeSpan.Zero));
        Assert.Equal(ScheduleStep.Fail, BroadcastSchedule.Next(Scheduled, Now.AddTicks(-1), Now, TimeSpan.Zero));
    }
}
