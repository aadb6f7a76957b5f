using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Marketing.Core.Analytics;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Local.Telegram;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Analytics;

/// <summary>
/// People, programs and operators at random, from a seed: broadcasts that partly fail, links and callbacks pressed once and twice at
/// the same moment, prefetches, conversions, opt-outs, recounts, and the counters folded in between, at times by two at once.
/// </summary>
internal sealed class Traffic(MarketingApp app, int seed)
{
    private const int People = 60;
    private const int Workers = 4;
    private static readonly string[] Tiers = ["free", "premium", ""];
    private static readonly string[] Spoken = ["en", "de", ""];

    private readonly ConcurrentDictionary<string, int> prefetches = new();
    private readonly ConcurrentQueue<string> recounted = new();
    private long[] everybody = [];

    public List<string> Broadcasts { get; } = [];

    /// <summary>Fetches by programs, which leave no rows, by broadcast.</summary>
    public IReadOnlyDictionary<string, int> Prefetches => prefetches;

    /// <summary>Broadcasts whose numbers a recount in between found wrong.</summary>
    public IEnumerable<string> Repaired => recounted;

    public async Task RunAsync(int broadcasts, int actions)
    {
        var random = new Random(seed);
        app.Telegram.Settings = app.Telegram.Settings with { FaultResetPercent = 8, Fault5xxPercent = 10, Seed = seed };
        for (var i = 0; i < broadcasts; i++)
            await BeginAsync(random);
        // Nobody converts by a broadcast that has no recipients yet.
        foreach (var id in Broadcasts)
            await MarketingApp.UntilAsync(() => app.GetAsync($"v1/admin/broadcasts/{id}"), b => b.GetProperty("stats").ValueKind == JsonValueKind.Object);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var own = new Random(seed * 31 + worker);
            for (var i = 0; i < actions / Workers; i++)
                await ActAsync(own);
        })));
        foreach (var id in Broadcasts)
            await app.EndAsync(id);
    }

    private async Task BeginAsync(Random random)
    {
        var ids = MarketingApp.NewTelegramIds(People);
        var csv = new StringBuilder("telegram_user_id,first_name,user_tier,region,language\n");
        foreach (var id in ids)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{id},Name{id},{Any(random, Tiers)},R{ids[0]},{Any(random, Spoken)}\n");
            if (random.Next(10) == 0)
                app.Telegram.SetChat(id, random.Next(2) == 0 ? ChatStatus.Blocked : ChatStatus.NotFound);
        }

        await app.PostCsvAsync(csv.ToString());
        var broadcast = await app.PostAsync("v1/admin/broadcasts", new
        {
            title = "Traffic", template_id = (await app.TemplateAsync()).Id(), cohort_query = new { region = $"R{ids[0]}" },
            on_uncertain = random.Next(2) == 0 ? "keep" : "resend",
        }, HttpStatusCode.Created);
        Broadcasts.Add(broadcast.Id());
        everybody = [.. everybody, .. ids];
        await app.PostAsync($"v1/admin/broadcasts/{broadcast.Id()}/send", new { }, HttpStatusCode.Accepted);
    }

    private Task ActAsync(Random random) => random.Next(100) switch
    {
        < 30 => OpenAsync(random, random.Next(4) == 0 ? 2 : 1),
        < 55 => PressAsync(random, random.Next(4) == 0 ? 2 : 1),
        < 65 => Task.WhenAll(OpenAsync(random, 1), PressAsync(random, 1)),
        < 73 => PrefetchAsync(random),
        < 88 => ConvertAsync(random),
        < 91 => OptOutAsync(random),
        < 97 => FoldAsync(random.Next(2) + 1),
        _ => RecountAsync(random),
    };

    private ReceivedMessage? Message(Random random) => app.Telegram.Messages(Any(random, everybody)) is [var first, ..] ? first : null;

    private async Task OpenAsync(Random random, int times)
    {
        if (Message(random) is { } message)
            await Task.WhenAll(Enumerable.Range(0, times).Select(async _ => (await app.OpenAsync(Link(message))).Dispose()));
    }

    private async Task PressAsync(Random random, int times)
    {
        if (Message(random) is { } message)
            await Task.WhenAll(Enumerable.Range(0, times).Select(_ =>
                app.Telegram.PressAsync(message.ChatId, message.MessageId, ReceivedButton.Of(message).Single(b => b.Url is null).CallbackData!, default)));
    }

    private async Task PrefetchAsync(Random random)
    {
        if (Message(random) is not { } message)
            return;
        using var answer = await app.OpenAsync(Link(message), request =>
        {
            if (random.Next(2) == 0)
                request.Method = HttpMethod.Head;
            else
                request.Headers.Add("Sec-Purpose", "prefetch");
        });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        prefetches.AddOrUpdate(Broadcasts[Array.IndexOf(everybody, message.ChatId) / People], 1, (_, count) => count + 1);
    }

    private async Task ConvertAsync(Random random)
    {
        var key = random.Next(200); // at times one that was used
        var same = new Random(seed * 1_000 + key);
        var body = new Dictionary<string, object?>
        {
            ["idempotency_key"] = $"{seed}-{key}", ["event"] = "deposit", ["telegram_user_id"] = Any(same, everybody),
            ["broadcast_id"] = same.Next(2) == 0 ? Any(same, Broadcasts.ToArray()) : null,
            ["value"] = same.Next(3) == 0 ? null : same.Next(10_000) / 100m,
            ["currency"] = same.Next(3) switch { 0 => "EUR", 1 => "USD", _ => null },
        };
        using var answer = await app.RequestAsync(HttpMethod.Post, "v1/conversions", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task OptOutAsync(Random random)
    {
        using var answer = await app.RequestAsync(HttpMethod.Post, $"v1/admin/audience/users/telegram:{Any(random, everybody)}/opt-out", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private Task FoldAsync(int atOnce) => Task.WhenAll(
        Enumerable.Range(0, atOnce).Select(_ => app.Host.Services.GetRequiredService<CounterRepository>().FoldAsync(default)));

    private async Task RecountAsync(Random random)
    {
        var id = Any(random, Broadcasts.ToArray());
        if ((await app.PostAsync($"v1/admin/broadcasts/{id}/recount", new { })).GetProperty("repaired").GetBoolean())
            recounted.Enqueue(id);
    }

    private static ReceivedButton Link(ReceivedMessage message) => ReceivedButton.Of(message).Single(b => b.Url is not null);

    private static T Any<T>(Random random, T[] of) => of[random.Next(of.Length)];
}
