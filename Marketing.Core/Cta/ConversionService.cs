namespace Marketing.Core.Cta;

/// <summary>Records conversions, from wherever they come.</summary>
public sealed class ConversionService(ConversionRepository conversions, TimeProvider clock)
{
    public const int MaxBatch = 1_000;

    /// <exception cref="InvalidException">It is not as it must be, or nobody has this id.</exception>
    public async Task<(Conversion Row, bool IsNew)> RecordAsync(ConversionInput input, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (ConversionRules.Faults(input, now) is { } faults)
            throw new InvalidException(faults);
        var (outcome, row) = await conversions.InsertAsync(input, now, ct);
        if (ConversionRules.Faults(input, outcome) is { } missing)
            throw new InvalidException(missing);
        return (row ?? throw new ConflictException("The person of this key was erased in the meantime."), outcome.IsNew);
    }

    /// <summary>Somebody started the bot by a link of <see cref="ConversionLinks"/>: recorded once per person and event.</summary>
    /// <param name="sentAt">Telegram's date of the message.</param>
    public async Task RecordLinkAsync(Guid userId, string @event, DateTime sentAt, CancellationToken ct)
    {
        // Telegram's dates are whole seconds, and the click that led here may have been in that second. Its clock may be ahead of ours.
        var (endOfSecond, now) = (new DateTimeOffset(sentAt, TimeSpan.Zero).AddSeconds(1).AddMicroseconds(-1), clock.GetUtcNow());
        var input = new ConversionInput(userId, null, null, @event, null, null, endOfSecond < now ? endOfSecond : now, $"link:{@event}:{userId}");
        // Somebody who was erased meanwhile has not converted.
        await conversions.InsertAsync([input], now, ct);
    }

    /// <summary>Records a batch, each judged by itself, in one statement.</summary>
    /// <param name="read">Throws an <see cref="InvalidException"/> for what is no conversion at all.</param>
    /// <exception cref="InvalidException">Their number is not from 1 to 1,000.</exception>
    public async Task<ConversionBatch> RecordAllAsync<T>(IReadOnlyList<T>? items, Func<T, ConversionInput> read, CancellationToken ct)
    {
        if (items is not { Count: >= 1 and <= MaxBatch })
            throw new InvalidException("/conversions", $"must be a list of 1 to {MaxBatch} conversions");
        var rejected = new List<RejectedConversion>();
        var good = new List<(int Index, ConversionInput Input)>();
        for (var i = 0; i < items.Count; i++)
        {
            try
            {
                good.Add((i, read(items[i])));
            }
            catch (InvalidException invalid)
            {
                rejected.Add(new RejectedConversion(i, invalid.Errors));
            }
        }

        var (recorded, repeated) = await RecordAllAsync(good, (index, faults) => rejected.Add(new RejectedConversion(index, faults)), ct);
        return new ConversionBatch(recorded, repeated, [.. rejected.OrderBy(r => r.Index)]);
    }

    /// <param name="reject">Told the place of each that is not as it must be, and why.</param>
    internal async Task<(int Recorded, int Repeated)> RecordAllAsync<TPlace>(
        IReadOnlyList<(TPlace Place, ConversionInput Input)> given, Action<TPlace, IReadOnlyDictionary<string, string[]>> reject, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var good = new List<(TPlace Place, ConversionInput Input)>(given.Count);
        foreach (var one in given)
        {
            if (ConversionRules.Faults(one.Input, now) is { } faults)
                reject(one.Place, faults);
            else
                good.Add(one);
        }

        if (good.Count == 0)
            return (0, 0);
        var outcomes = await conversions.InsertAsync([.. good.Select(g => g.Input)], now, ct);
        var (recorded, repeated) = (0, 0);
        foreach (var ((place, input), outcome) in good.Zip(outcomes))
        {
            if (ConversionRules.Faults(input, outcome) is { } missing)
                reject(place, missing);
            else if (outcome.IsNew)
                recorded++;
            else
                repeated++;
        }

        return (recorded, repeated);
    }
}
