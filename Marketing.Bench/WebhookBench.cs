using System.Text.Json;
using Marketing.Bench.Processes;
using Marketing.Core.Cta;
using Npgsql;

namespace Marketing.Bench;

/// <summary>
/// Updates a second through the webhook function, over a bare endpoint that inserts one row a request. Of ten updates four are
/// presses with a reply, four presses without one and two messages; every twentieth is sent twice.
/// </summary>
internal sealed class WebhookBench(ChildProcess sender, ChildProcess simulator, BenchPostgres postgres, NpgsqlDataSource source, SimulatorLog log)
{
    // What Telegram posts at once when it is not told otherwise (core.telegram.org/bots/api#setwebhook).
    private const int Connections = 40;
    private const int Repeated = 20;

    private static readonly object[] Buttons =
        [new { label = "Join", action = "callback", answer = "You are in." }, new { label = "Like", action = "callback" }];

    // Grown by each round, the warm-up among them.
    private int lastId;
    private int presses;
    private int replies;

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var people = arguments.Recipients ?? (arguments.Quick ? 500 : 5_000);
        var rounds = arguments.Rounds ?? (arguments.Quick ? 2 : 5);
        var updates = arguments.Quick ? 500 : 20_000;
        var connectionString = await postgres.CreateDatabaseAsync("webhook", ct);
        await using var source = NpgsqlDataSource.Create(connectionString);
        var audience = await Audience.CreateAsync(source, "all", 1_000_000_001, people, ct);
        await using (var table = source.CreateCommand("CREATE TABLE bare_updates (LIKE telegram_updates INCLUDING ALL)"))
            await table.ExecuteNonQueryAsync(ct);
        await using var simulator = await ChildProcess.StartAsync(Child.Simulator, new("start"), ct);
        await using var sender = await ChildProcess.StartAsync(Child.Sender, new("start",
            MarketingApi.Settings(connectionString, simulator.Address, sendRate: 1_000_000, arguments.InFlight), RunTimers: true), ct);
        using var api = new MarketingApi(sender, source);
        using var log = new SimulatorLog(simulator.Address);

        var latency = arguments.Latency ?? 0;
        report.Title("webhook", $"{updates:N0} updates of {people:N0} people, {rounds} rounds, {Connections} at once, Telegram answers in {latency} ms");
        var broadcast = await api.DraftAsync(audience.Region, Buttons, ct);
        await api.SendToEndAsync(broadcast, ct);
        await log.SetAsync(new { latency_ms = latency }, ct);
        await new WebhookBench(sender, simulator, postgres, source, log).RunAsync(audience, broadcast, updates, rounds, report, ct);
    }

    private async Task RunAsync(Audience audience, Guid broadcast, int count, int rounds, Report report, CancellationToken ct)
    {
        var buttons = await ButtonsAsync(broadcast, ct);
        var bare = (await sender.AskAsync(new("bare_endpoint"), ct)).Address!;
        var (rates, bares) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var updates = await UpdatesAsync(audience, broadcast, buttons, round == 0 ? Math.Min(count, 2_000) : count, ct);
            var repeated = updates.SelectMany((update, i) => i % Repeated == 0 ? new[] { update, update } : [update]).ToList();
            var (baseline, _) = await UpdateLoad.PostAsync(updates, update => new Uri(bare, $"insert/{update.Id}"), Connections, ct);
            var before = await Usage.ReadAsync(sender, postgres, simulator, ct);
            var (webhook, refused) = await UpdateLoad.PostAsync(repeated, _ => new Uri(sender.Address, "api/telegram/webhook"), Connections, ct);
            var usage = await Usage.ReadAsync(sender, postgres, simulator, ct) - before;
            await MustBeOnceAsync(broadcast, audience.Count, updates, ct);
            if (round == 0)
                continue; // compiled code and warm connections

            rates.Add(updates.Count / webhook.Seconds);
            bares.Add(baseline.PerSecond);
            report.Round(round, rounds, $"webhook {rates[^1]:0}/s ({webhook.Percentiles}, {refused} times 503), bare insert {bares[^1]:0}/s");
            report.Note($"  each update: {usage.PerMessage(updates.Count)}");
        }

        report.AtLeast("updates, each handled once", new("updates/s", rates), 1_000);
        report.Tell("webhook / bare insert per request", new("updates/s", rates, bares));
    }

    private async Task<Guid[]> ButtonsAsync(Guid broadcast, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            "SELECT array_agg((button ->> 'id')::uuid ORDER BY place) FROM broadcasts, jsonb_array_elements(cta_buttons) WITH ORDINALITY AS b (button, place) WHERE id = $1");
        command.Parameters.AddWithValue(broadcast);
        return (Guid[])(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task<List<BenchUpdate>> UpdatesAsync(Audience audience, Guid broadcast, Guid[] buttons, int count, CancellationToken ct)
    {
        var queries = await log.OpenCallbackQueriesAsync(count, ct);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var updates = new List<BenchUpdate>(count);
        for (var i = 0; i < count; i++)
        {
            var id = ++lastId;
            var person = audience.First + id % audience.Count;
            var from = new { id = person, is_bot = false, first_name = BenchMessage.Name(person), language_code = "en" };
            var chat = new { id = person, first_name = from.first_name, type = "private" };
            var kind = i % 10;
            (presses, replies) = (presses + (kind < 8 ? 1 : 0), replies + (kind < 4 ? 1 : 0));
            object update = kind < 8
                ? new
                {
                    update_id = id,
                    callback_query = new
                    {
                        id = queries[i], from, message = new { message_id = id, chat, date = now, text = BenchMessage.Text(person) }, chat_instance = "1",
                        data = new CallbackData(broadcast, buttons[kind / 4]).ToString(),
                    },
                }
                : new { update_id = id, message = new { message_id = id, from, chat, date = now, text = "Thank you, I will have a look." } };
            updates.Add(new BenchUpdate(id, JsonSerializer.SerializeToUtf8Bytes(update)));
        }

        return updates;
    }

    private const string CountsSql = """
        SELECT count(*) FILTER (WHERE handled_at IS NOT NULL AND error IS NULL), (SELECT COALESCE(sum(presses), 0)::bigint FROM cta_clicks WHERE broadcast_id = $2)
        FROM telegram_updates WHERE update_id BETWEEN $1 AND $3
        """;

    /// <exception cref="InvalidOperationException">One was lost or handled twice: then no figure counts.</exception>
    private async Task MustBeOnceAsync(Guid broadcast, int audience, List<BenchUpdate> updates, CancellationToken ct)
    {
        await using var command = source.CreateCommand(CountsSql);
        command.Parameters.AddWithValue((long)updates[0].Id);
        command.Parameters.AddWithValue(broadcast);
        command.Parameters.AddWithValue((long)updates[^1].Id);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        var messages = (await log.TallyAsync(ct)).Total - audience;
        if ((row.GetInt64(0), row.GetInt64(1), messages) != (updates.Count, presses, replies))
            throw new InvalidOperationException(
                $"of {updates.Count} updates {row.GetInt64(0)} were handled; {row.GetInt64(1)} presses are counted of {presses}, and {messages} replies were sent of {replies}");
    }
}
