using System.Net;
using Npgsql;

namespace Marketing.Bench.Chaos;

/// <summary>Operators at their desks: broadcasts to cohorts that overlap, of one kind and the other, and what is done to them.</summary>
internal sealed class Campaigns(ChaosWorld world, ChaosApi api, Guid templateId, Random random)
{
    private const int OpenAtMost = 6;

    private static readonly object[] Cohorts =
    [
        new { }, // everybody
        new { user_tier = "premium" }, // a half
        new { region = "EU" }, // a fifth
        new { any = new object[] { new { region = "R1" }, new { user_tier = "premium" } } },
        new Dictionary<string, object> { ["attributes.club"] = true }, // 8
    ];

    private readonly Random operators = new(random.Next());
    private int made;

    public async Task RunAsync(CancellationToken storm, CancellationToken ct)
    {
        while (await Cast.PauseAsync(random, 800, 3_500, storm))
        {
            if ((await OpenAsync()).Count < OpenAtMost)
                await MakeAsync($"Chaos {++made}", ct);
        }
    }

    private async Task MakeAsync(string title, CancellationToken ct)
    {
        var (cohort, resend, scheduled, twice) = (Cohorts[random.Next(Cohorts.Length)], random.Next(3) == 0, random.Next(6) == 0, random.Next(4) == 0);
        var (status, answer) = await api.AskAsync(HttpMethod.Post, "v1/admin/broadcasts", new
        {
            title, template_id = templateId, cohort_query = cohort, on_uncertain = resend ? "resend" : "keep",
            scheduled_at = scheduled ? TimeProvider.System.GetUtcNow().AddSeconds(4) : (DateTimeOffset?)null,
        }, ct, key: title);
        if (scheduled && status == HttpStatusCode.BadRequest && answer.GetProperty("errors").TryGetProperty("/scheduled_at", out _))
        {
            world.Log.Titles[title] = false;
            world.Log.Count("broadcasts too late for their time"); // it had passed when a host was there again
            return;
        }

        if (status is not (HttpStatusCode.Created or HttpStatusCode.OK))
            throw new InvalidOperationException($"making \"{title}\" was answered {(int)status}: {answer}");
        world.Log.Count(resend ? "broadcasts that resend" : "broadcasts that keep");
        if (scheduled)
            world.Log.Count("scheduled");
        else
            await Task.WhenAll(Enumerable.Range(0, twice ? 2 : 1).Select(_ => SendAsync(title, answer.GetProperty("id").GetGuid(), ct)));
        world.Log.Titles[title] = true;
    }

    private async Task SendAsync(string title, Guid id, CancellationToken ct)
    {
        var (status, answer) = await api.AskAsync(HttpMethod.Post, $"v1/admin/broadcasts/{id}/send", new { }, ct, key: title);
        if (status != HttpStatusCode.Accepted)
            throw new InvalidOperationException($"the sending of \"{title}\" was answered {(int)status}: {answer}");
    }

    /// <summary>Pauses, resumes and now and then cancels whatever is on, those of the chat too.</summary>
    public async Task OperateAsync(CancellationToken storm, CancellationToken ct)
    {
        while (await Cast.PauseAsync(operators, 700, 3_000, storm))
        {
            var (draw, action) = (operators.Next(), operators.Next(10) switch { < 5 => "pause", < 9 => "resume", _ => "cancel" });
            var open = await OpenAsync();
            // Pausing the paused would do nothing.
            var candidates = open.Where(b => action switch { "pause" => b.Status == 4, "resume" => b.Status == 5, _ => true }).ToList();
            if (candidates.Count == 0)
                continue;
            var (id, asked) = (candidates[draw % candidates.Count].Id, TimeProvider.System.GetUtcNow());
            var (status, _) = await api.AskAsync(HttpMethod.Post, $"v1/admin/broadcasts/{id}/{action}", new { }, ct);
            // A resume that was refused may have been taken by a host that died over its answer.
            if ((int)status < 300 || action == "resume")
                world.Log.Halts.Add(new(id, action, asked, TimeProvider.System.GetUtcNow()));
            if ((int)status < 300)
                world.Log.Count($"{action}s");
        }
    }

    private sealed record Open(Guid Id, short Status);

    private async Task<IReadOnlyList<Open>> OpenAsync()
    {
        try
        {
            return await world.RowsAsync<Open>("SELECT id, status FROM broadcasts WHERE status IN (1, 4, 5) ORDER BY id");
        }
        catch (NpgsqlException)
        {
            return []; // Postgres is away, as it is meant to be now and then
        }
    }
}
