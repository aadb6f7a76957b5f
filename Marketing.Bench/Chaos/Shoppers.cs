using System.Net;

namespace Marketing.Bench.Chaos;

/// <summary>The shop that reports conversions: again under the same key whenever it is not sure, sometimes twice at once, one by one and in batches.</summary>
internal sealed class Shoppers(ChaosWorld world, ChaosApi api, Random random)
{
    private const int BatchSize = 8;

    private readonly List<Purchase> made = [];

    private sealed record Purchase(string Key, long Chat, decimal Value)
    {
        public object Body => new { telegram_user_id = Chat, @event = "purchase", value = Value, currency = "EUR", idempotency_key = Key };
    }

    public async Task RunAsync(CancellationToken storm, CancellationToken ct)
    {
        var posts = new List<Task>();
        while (await Cast.PauseAsync(random, 100, 400, storm))
        {
            var (again, twice, chat) = (random.Next(4) == 0, random.Next(5) == 0, random.Next(1, ChaosWorld.People + 1));
            var purchase = again && made.Count > 0
                ? made[random.Next(made.Count)] : new Purchase($"purchase-{made.Count}", chat, random.Next(1, 10_000) / 100m);
            if (purchase.Key == $"purchase-{made.Count}")
                made.Add(purchase);
            posts.RemoveAll(p => p.IsCompletedSuccessfully);
            if (random.Next(10) == 0)
                posts.Add(PostBatchAsync([.. made.TakeLast(BatchSize - 1), purchase], ct));
            else
                posts.AddRange(Enumerable.Range(0, twice ? 2 : 1).Select(_ => PostAsync(purchase, ct)));
        }

        await Task.WhenAll(posts);
    }

    private const string CreditedSql = "SELECT count(*) FROM conversions WHERE broadcast_id IS NOT NULL";

    /// <summary>After the storm: on a slow machine nobody who had pressed may have bought, and then there would be nothing to compare.</summary>
    public async Task CreditAsync(CancellationToken ct)
    {
        if (await world.ScalarAsync<long>(CreditedSql) > 0)
            return;
        foreach (var chat in world.Log.Clicks.Where(c => c.Value.Answered > 0).Select(c => c.Key.Chat).Distinct().Take(BatchSize).ToList())
            await PostAsync(new Purchase($"purchase-after-{chat}", chat, 1), ct);
    }

    private async Task PostAsync(Purchase purchase, CancellationToken ct)
    {
        var (status, answer) = await api.AskAsync(HttpMethod.Post, "v1/conversions", purchase.Body, ct);
        if ((int)status >= 300)
            throw new InvalidOperationException($"a conversion was answered {(int)status}: {answer}");
        world.Log.Convert(purchase.Key, purchase.Chat, status == HttpStatusCode.Created, answer.GetProperty("id").GetGuid());
        world.Log.Count("conversions posted");
    }

    /// <summary>The newest again, whatever became of them: some of them are being posted one by one at this moment.</summary>
    private async Task PostBatchAsync(IReadOnlyList<Purchase> purchases, CancellationToken ct)
    {
        var (status, answer) = await api.AskAsync(HttpMethod.Post, "v1/conversions/batch", new { conversions = purchases.Select(p => p.Body) }, ct);
        var taken = (int)status < 300 ? answer.GetProperty("recorded").GetInt32() + answer.GetProperty("repeated").GetInt32() : 0;
        if (taken != purchases.Count)
            throw new InvalidOperationException($"a batch of {purchases.Count} conversions was answered {(int)status}: {answer}");
        foreach (var purchase in purchases)
            world.Log.Convert(purchase.Key, purchase.Chat, created: false, id: null);
        world.Log.Count("batches of conversions posted");
    }
}
