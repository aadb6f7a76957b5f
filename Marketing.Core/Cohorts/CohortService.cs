using System.Text.Json;

namespace Marketing.Core.Cohorts;

/// <summary>Answers who a cohort query reaches now.</summary>
/// <remarks>A query that is wrong is an <see cref="InvalidException"/> with pointers below /cohort_query.</remarks>
public sealed class CohortService(CohortRepository cohorts, TimeProvider clock)
{
    private const string Pointer = "/cohort_query";
    private const int SampleSize = 10;

    public async Task<CohortPreview> PreviewAsync(JsonElement query, CancellationToken ct)
    {
        var cohort = Compile(query);
        return new CohortPreview(await cohorts.CountAsync(cohort, ct), await cohorts.SampleAsync(cohort, SampleSize, ct));
    }

    public Task<int> CountAsync(JsonElement query, CancellationToken ct) => cohorts.CountAsync(Compile(query), ct);

    private CohortSql Compile(JsonElement query) => CohortCompiler.Compile(CohortParser.Parse(query, Pointer), clock.GetUtcNow());
}
