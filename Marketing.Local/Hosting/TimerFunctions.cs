using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace Marketing.Local.Hosting;

/// <summary>Runs [TimerTrigger] functions on their NCRONTAB schedules in UTC, each one run at a time.</summary>
internal sealed class TimerFunctions
{
    private readonly List<(FunctionMethod Function, CrontabSchedule Schedule)> timers;
    private readonly IServiceProvider services;
    private readonly DurableTaskClient durable;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly CancellationToken stopping;
    private Task loops = Task.CompletedTask;

    public TimerFunctions(
        IEnumerable<FunctionMethod> functions, IServiceProvider services, DurableTaskClient durable, CancellationToken stopping)
    {
        this.services = services;
        this.durable = durable;
        this.stopping = stopping;
        clock = services.GetRequiredService<TimeProvider>();
        log = services.GetRequiredService<ILogger<TimerFunctions>>();
        var settings = services.GetRequiredService<IConfiguration>();
        timers = [.. functions.Where(f => f.Trigger is TimerTriggerAttribute).Select(f => (f, Parse(f, settings)))];
    }

    private DateTime UtcNow => clock.GetUtcNow().UtcDateTime;

    public void Start() => loops = Task.WhenAll(timers.Select(t => Task.Run(() => LoopAsync(t.Function, t.Schedule))));

    /// <summary>Runs one at once, besides its schedule; false when no timer has this name.</summary>
    public async Task<bool> RunNowAsync(string name)
    {
        if (timers.Find(t => t.Function.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { Function: { } function, Schedule: var schedule })
            return false;
        await RunAsync(function, new ScheduleStatus { Next = schedule.GetNextOccurrence(UtcNow) });
        return true;
    }

    public Task DrainAsync(TimeSpan timeout) => loops.SettleAsync(timeout);

    private static CrontabSchedule Parse(FunctionMethod function, IConfiguration settings)
    {
        var schedule = ((TimerTriggerAttribute)function.Trigger).Schedule;
        if (schedule.Length > 2 && schedule[0] == '%' && schedule[^1] == '%')
        {
            var setting = schedule[1..^1];
            schedule = settings[setting.Replace("__", ":", StringComparison.Ordinal)]
                ?? throw function.Refuse($"takes its schedule from the setting {setting}, which is missing");
        }

        var withSeconds = schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length == 6;
        return CrontabSchedule.TryParse(schedule, new CrontabSchedule.ParseOptions { IncludingSeconds = withSeconds })
            ?? throw function.Refuse($"has the schedule '{schedule}', which is not NCRONTAB (second minute hour day month weekday)");
    }

    private async Task LoopAsync(FunctionMethod function, CrontabSchedule schedule)
    {
        var last = default(DateTime);
        var runNow = ((TimerTriggerAttribute)function.Trigger).RunOnStartup;
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                if (!runNow)
                    await clock.DelayUntilAsync(schedule.GetNextOccurrence(UtcNow), stopping);
                runNow = false;
                await RunAsync(function, new ScheduleStatus { Last = last, LastUpdated = last, Next = schedule.GetNextOccurrence(UtcNow) });
                last = UtcNow;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task RunAsync(FunctionMethod function, ScheduleStatus status)
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            await function.InvokeAsync(new Invocation(
                scope.ServiceProvider, durable, new TimerInfo { ScheduleStatus = status }, null, stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            log.FunctionFailed(e, function.Name);
        }
    }
}
