namespace Marketing.Bench.Processes;

/// <summary>One line of JSON on a child's standard input.</summary>
/// <param name="Command">start, measure, bot_loop, http_loop, bare_endpoint or plan.</param>
/// <param name="Settings">start: the function host's.</param>
/// <param name="InstantBot">start: Telegram is answered in the process, without a request.</param>
/// <param name="RunTimers">start: with the schedule and the watchdog.</param>
/// <param name="First">bot_loop, http_loop: the first chat.</param>
/// <param name="Count">bot_loop, http_loop: messages, one to each chat.</param>
/// <param name="Broadcast">plan: which.</param>
internal sealed record ChildRequest(
    string Command, IReadOnlyDictionary<string, string?>? Settings = null, bool InstantBot = false, bool RunTimers = false,
    long First = 0, int Count = 0, Guid Broadcast = default);

/// <summary>The line of JSON that answers it.</summary>
/// <param name="Error">What went wrong; the rest says nothing then.</param>
/// <param name="Address">start, bare_endpoint: where it listens.</param>
/// <param name="Seconds">A loop's, or the plan's, by the child's own clock.</param>
/// <param name="Allocated">Bytes since the process began.</param>
/// <param name="PeakManaged">Bytes on the managed heap at most, garbage included, looked at every 10 ms.</param>
internal sealed record ChildAnswer(
    string? Error = null, Uri? Address = null, int MaxInFlight = 0, double Seconds = 0, long Allocated = 0, long PeakManaged = 0);
