namespace Marketing.Bench.Chaos;

/// <summary>Everybody who does something, each with random numbers of their own, so that none's depend on another's pace.</summary>
internal sealed class Cast
{
    private readonly Campaigns campaigns;
    private readonly ChatAdmins chats;
    private readonly Readers readers;
    private readonly Shoppers shoppers;
    private readonly Comings comings;
    private readonly Weather weather;

    private Cast(ChaosWorld world, ChaosApi api, Guid templateId, string senderToken, int seed)
    {
        Random Draw(int who) => new(unchecked((seed * 397) ^ who));
        campaigns = new(world, api, templateId, Draw(1));
        chats = new(world, senderToken, api, Draw(2));
        readers = new(world, api, Draw(3));
        shoppers = new(world, api, Draw(4));
        comings = new(world, Draw(5));
        weather = new(world, Draw(6));
    }

    /// <summary>In clear weather: a template, an admin with a chat, and the webhook.</summary>
    public static async Task<Cast> AssembleAsync(ChaosWorld world, ChaosApi api, int seed, CancellationToken ct)
    {
        var template = await api.MustAsync(HttpMethod.Post, "v1/admin/templates", new
        {
            name = ChatAdmins.Template, category = ChatAdmins.Category, content = "Hi <b>{{ first_name }}</b>",
            cta_buttons = new object[]
            {
                new { label = "Open", action = "open", url = "https://example.com/prizes" },
                new { label = "Join", action = "callback", answer = "You are in" }, // answered with a message: the update stays open until it is sent
                new { label = "Like", action = "callback" },
            },
        }, ct);
        var token = await api.MustAsync(HttpMethod.Post, "v1/admin/tokens", new { name = "Admin in chat", role = "sender" }, ct);
        await api.MustAsync(HttpMethod.Post, "v1/admin/telegram/webhook", new { url = new Uri(world.Hosts[0].Address, "api/telegram/webhook") }, ct);
        var cast = new Cast(world, api, template.GetProperty("id").GetGuid(), token.GetProperty("token").GetString()!, seed);
        await cast.chats.LinkAsync(ct);
        return cast;
    }

    /// <param name="storm">Ends the beginning of anything new.</param>
    /// <param name="ct">Ends what is under way.</param>
    public IEnumerable<(string Who, Func<Task> RunAsync)> Actors(CancellationToken storm, CancellationToken ct) =>
    [
        ("campaigns", () => campaigns.RunAsync(storm, ct)), ("operators", () => campaigns.OperateAsync(storm, ct)),
        ("the admin in the chat", () => chats.RunAsync(storm, ct)), ("readers", () => readers.RunAsync(storm, ct)),
        ("shoppers", () => shoppers.RunAsync(storm, ct)), ("people who come and go", () => comings.RunAsync(storm, ct)), ("the weather", () => weather.RunAsync(storm)),
    ];

    public ChatAdmins Chats => chats;

    public Shoppers Shoppers => shoppers;

    /// <summary>Waits for a random time of the span; false when the storm is over.</summary>
    public static async Task<bool> PauseAsync(Random random, int leastMs, int mostMs, CancellationToken storm)
    {
        await Task.Delay(random.Next(leastMs, mostMs), storm).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !storm.IsCancellationRequested;
    }
}
