using Marketing.Core.Audience;

namespace Marketing.Core.Cta;

/// <summary>
/// Records conversions from a CSV file in one pass and in flat memory, 1,000 a statement. What was recorded when the connection
/// breaks off stays, and the same file again records the rest.
/// </summary>
public sealed class ConversionImporter(ConversionService conversions)
{
    /// <exception cref="InvalidException">The header is missing or wrong; nothing is recorded.</exception>
    public async Task<ConversionImport> ImportAsync(Stream body, CancellationToken ct)
    {
        var rejections = new Rejections();
        using var file = await ConversionFile.OpenAsync(body, rejections, ct);
        var chunk = new List<(long Line, ConversionInput Input)>(ConversionService.MaxBatch);
        var (recorded, repeated) = (0L, 0L);
        while (await file.ReadAsync(ct))
        {
            chunk.Add((file.Line, file.Conversion));
            if (chunk.Count == ConversionService.MaxBatch)
                await RecordAsync();
        }

        await RecordAsync();
        return new ConversionImport(recorded, repeated, rejections.Total, [.. rejections.First.OrderBy(r => r.Line)]);

        async Task RecordAsync()
        {
            var (added, known) = await conversions.RecordAllAsync(chunk, (line, faults) => rejections.Add(line, Reason(faults)), ct);
            (recorded, repeated) = (recorded + added, repeated + known);
            chunk.Clear();
        }
    }

    // "/event" is the column event.
    private static string Reason(IReadOnlyDictionary<string, string[]> faults) => string.Join("; ", faults.Select(
        f => f.Key.Length == 0 ? string.Join(", ", f.Value) : $"{f.Key[1..]}: {string.Join(", ", f.Value)}"));
}
