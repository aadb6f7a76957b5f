namespace Marketing.Core.Delivery;

/// <summary>
/// The places for messages that are claimed and not yet recorded: at most MaxInFlight in this process over all its batches,
/// so that a worker that dies leaves no more than that in doubt.
/// </summary>
public sealed class InFlight(MarketingOptions options) : IDisposable
{
    private readonly SemaphoreSlim places = new(options.MaxInFlight);
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>Waits for all of <paramref name="count"/> places; disposing gives them back.</summary>
    public async Task<IDisposable> EnterAsync(int count, CancellationToken ct)
    {
        // One at a time gathers places: two that each held half of them would wait for each other for ever.
        await turn.WaitAsync(ct);
        var held = new Places(places);
        try
        {
            for (; held.Count < count; held.Count++)
                await places.WaitAsync(ct);
            return held;
        }
        catch
        {
            // Whatever ended the wait: places that nobody holds would be lost to the process.
            held.Dispose();
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        places.Dispose();
        turn.Dispose();
    }

    private sealed class Places(SemaphoreSlim places) : IDisposable
    {
        public int Count { get; set; }

        public void Dispose()
        {
            if (Count > 0)
                places.Release(Count);
            Count = 0;
        }
    }
}
