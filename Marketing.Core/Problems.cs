namespace Marketing.Core;

/// <summary>Gathers everything wrong with an input, so that its sender learns of all of it at once.</summary>
internal sealed class Problems
{
    private readonly Dictionary<string, List<string>> errors = [];

    public void Add(string pointer, string error)
    {
        if (!errors.TryGetValue(pointer, out var list))
            errors[pointer] = list = [];
        list.Add(error);
    }

    /// <summary>Text that must be there, not blank, at most <paramref name="most"/> characters, and storable.</summary>
    public void Text(string pointer, string? value, int most)
    {
        if (string.IsNullOrWhiteSpace(value))
            Add(pointer, "must not be empty");
        else if (value.Length > most)
            Add(pointer, $"{value.Length} characters; at most {most} are allowed");
        else if (value.Contains('\0', StringComparison.Ordinal))
            Add(pointer, "must not contain the NUL character");
    }

    /// <summary>Runs another check and keeps what it reports.</summary>
    public void Collect(Action check)
    {
        try
        {
            check();
        }
        catch (InvalidException invalid)
        {
            Add(invalid);
        }
    }

    /// <inheritdoc cref="Collect"/>
    public async Task CollectAsync(Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (InvalidException invalid)
        {
            Add(invalid);
        }
    }

    private void Add(InvalidException invalid)
    {
        foreach (var (pointer, list) in invalid.Errors)
            foreach (var error in list)
                Add(pointer, error);
    }

    /// <summary>Null when there are none.</summary>
    public IReadOnlyDictionary<string, string[]>? All => errors.Count == 0 ? null : errors.ToDictionary(e => e.Key, e => e.Value.ToArray());

    public void ThrowIfAny()
    {
        if (All is { } all)
            throw new InvalidException(all);
    }
}
