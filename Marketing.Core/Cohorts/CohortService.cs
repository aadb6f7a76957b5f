using System.Text.Json;
using Marketing.Core.Access;

namespace Marketing.Core.Cohorts;

/// <summary>Answers who a cohort query reaches now, and keeps queries under names.</summary>
/// <remarks>A query that is wrong is an <see cref="InvalidException"/> with pointers below /cohort_query.</remarks>
public sealed class CohortService(CohortRepository cohorts, SavedCohortRepository saved, TimeProvider clock)
{
    private const string Pointer = "/cohort_query";
    private const int SampleSize = 10;
    private const int MaxName = 100;

    /// <summary>The query as a tree; every broadcast that it names exists.</summary>
    public async Task<CohortNode> ParseAsync(JsonElement query, CancellationToken ct)
    {
        var references = new List<BroadcastReference>();
        var cohort = CohortParser.Parse(query, Pointer, references);
        if (references.Count == 0)
            return cohort;
        var missing = await cohorts.MissingAsync(references.Select(reference => reference.BroadcastId), ct);
        var errors = new CohortErrors();
        foreach (var reference in references.Where(reference => missing.Contains(reference.BroadcastId)))
            errors.Add(reference.Pointer, $"there is no broadcast {reference.BroadcastId}");
        errors.ThrowIfAny();
        return cohort;
    }

    /// <exception cref="NotFoundException">No cohort has this id.</exception>
    public async Task<CohortNode> ParseSavedAsync(Guid id, CancellationToken ct) => await ParseAsync((await GetAsync(id, ct)).CohortQuery, ct);

    public async Task<CohortPreview> PreviewAsync(JsonElement query, CancellationToken ct)
    {
        var cohort = CohortCompiler.Compile(await ParseAsync(query, ct), clock.GetUtcNow());
        return new CohortPreview(await cohorts.CountAsync(cohort, ct), await cohorts.SampleAsync(cohort, SampleSize, ct));
    }

    public async Task<int> CountAsync(JsonElement query, CancellationToken ct) =>
        await cohorts.CountAsync(CohortCompiler.Compile(await ParseAsync(query, ct), clock.GetUtcNow()), ct);

    public Task<IReadOnlyList<SavedCohort>> ListAsync(CancellationToken ct) => saved.ListAsync(ct);

    public async Task<SavedCohort> GetAsync(Guid id, CancellationToken ct) => await saved.GetAsync(id, ct) ?? throw NotFound(id);

    public async Task<SavedCohort> CreateAsync(CohortInput input, Caller caller, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await saved.InsertAsync(await CheckedAsync(Guid.CreateVersion7(now), input, now, ct), caller.Id, ct);
    }

    public async Task<SavedCohort> UpdateAsync(Guid id, CohortInput input, CancellationToken ct) =>
        await saved.UpdateAsync(await CheckedAsync(id, input, clock.GetUtcNow(), ct), ct) ?? throw NotFound(id);

    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        if (!await saved.DeleteAsync(id, ct))
            throw NotFound(id);
    }

    private async Task<SavedCohort> CheckedAsync(Guid id, CohortInput input, DateTimeOffset now, CancellationToken ct)
    {
        var problems = new Problems();
        problems.Text("/name", input.Name, MaxName);
        if (input.CohortQuery is { } query)
            await problems.CollectAsync(() => ParseAsync(query, ct));
        else
            problems.Add(Pointer, CohortInput.QueryMissing);
        problems.ThrowIfAny();
        return new SavedCohort(id, input.Name!.Trim(), input.CohortQuery!.Value, now, now);
    }

    private static NotFoundException NotFound(Guid id) => new($"There is no cohort {id}.");
}
