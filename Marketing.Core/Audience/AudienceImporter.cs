namespace Marketing.Core.Audience;

/// <summary>
/// Imports people from a file in one pass and in flat memory. All good lines are stored in one transaction or, when the body
/// or the database breaks off, none; bad lines are reported and do not stop the others.
/// </summary>
public sealed class AudienceImporter(AudienceRepository people)
{
    /// <param name="dryRun">Answers what an import would do now, and writes nothing.</param>
    /// <exception cref="InvalidException">The header of a CSV file is missing or wrong; nothing is written.</exception>
    /// <exception cref="ConflictException">Somebody was erased while the file was read; nothing is written.</exception>
    public async Task<ImportResult> ImportAsync(Stream body, ImportFormat format, bool dryRun, CancellationToken ct)
    {
        var lines = new LineBuffer(body);
        var rejections = new Rejections();
        using PersonReader reader = format switch
        {
            ImportFormat.Csv => await CsvAudienceReader.OpenAsync(lines, rejections, ct),
            ImportFormat.Ndjson => new NdjsonAudienceReader(lines, rejections),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format."),
        };
        var upserted = await people.UpsertAsync(reader, dryRun, ct);
        return new ImportResult(upserted.Inserted, upserted.Updated, upserted.Duplicates, rejections.Total, rejections.First);
    }
}
