using System.Net;
using Marketing.Bench.Processes;
using Marketing.Core.Cta;
using Npgsql;

namespace Marketing.Bench;

/// <summary>
/// Clicks a second through the redirect link, each one another person's first, over one prepared INSERT a transaction into the
/// same table by as many connections: what a hand-written click counter could at best do.
/// </summary>
internal sealed class ClickBench(ChildProcess sender, BenchPostgres postgres, NpgsqlDataSource source, Audience audience, LinkTokens links)
{
    // Within the 50 connections that the app's own pool has.
    private const int Connections = 40;
    private const string UserAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

    private const string InsertSql = """
        INSERT INTO cta_clicks (id, user_id, broadcast_id, cta_button_id, clicked_at, last_pressed_at, user_agent, ip_address)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7)
        """;

    private sealed record Sent(Guid Broadcast, Guid Button, Guid[] People);

    public static async Task RunAsync(BenchPostgres postgres, BenchArguments arguments, Report report, CancellationToken ct)
    {
        var people = arguments.Recipients ?? (arguments.Quick ? 2_000 : 20_000);
        var rounds = arguments.Rounds ?? (arguments.Quick ? 2 : 5);
        var connectionString = await postgres.CreateDatabaseAsync("clicks", ct);
        await using var source = NpgsqlDataSource.Create(connectionString);
        var settings = MarketingApi.Settings(connectionString, null, sendRate: 1_000_000, arguments.InFlight);
        await using var sender = await ChildProcess.StartAsync(Child.Sender, new("start", settings, InstantBot: true, RunTimers: true), ct);
        using var api = new MarketingApi(sender, source);
        var audience = await Audience.CreateAsync(source, "all", 1_000_000_001, people, ct);

        report.Title("clicks", $"{people:N0} people, {rounds} rounds, {Connections} at once");
        await new ClickBench(sender, postgres, source, audience, new LinkTokens(MarketingApi.Options(settings))).RunAsync(api, rounds, report, ct);
    }

    private async Task RunAsync(MarketingApi api, int rounds, Report report, CancellationToken ct)
    {
        var (firsts, repeats, bares) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var clicked = await SendAsync(api, ct);
            var inserted = await SendAsync(api, ct);
            // Each goes first every other time.
            var bare = round % 2 == 0 ? await InsertAsync(inserted, ct) : null;
            var before = await Usage.ReadAsync(sender, postgres, null, ct);
            var first = await ClickAsync(clicked, ct);
            var usage = await Usage.ReadAsync(sender, postgres, null, ct) - before;
            bare ??= await InsertAsync(inserted, ct);
            var repeat = await ClickAsync(clicked, ct);
            await MustBeAsync(clicked, presses: 2, ct);
            await MustBeAsync(inserted, presses: 1, ct);
            if (round == 0)
                continue; // compiled code and warm connections

            firsts.Add(first.PerSecond);
            repeats.Add(repeat.PerSecond);
            bares.Add(bare.PerSecond);
            report.Round(round, rounds, $"clicks {first.PerSecond:0}/s ({first.Percentiles}), repeated {repeat.PerSecond:0}/s, bare INSERT {bare.PerSecond:0}/s ({bare.Percentiles})");
            report.Note($"  each click: {usage.PerMessage(first.Count)}");
        }

        report.AtLeast("first clicks / bare INSERT", new("clicks/s", firsts, bares), 0.5);
        report.Tell("repeated clicks / bare INSERT", new("clicks/s", repeats, bares));
    }

    // A broadcast's clicks are new ones, so that each round has its own.
    private async Task<Sent> SendAsync(MarketingApi api, CancellationToken ct)
    {
        var broadcast = await api.DraftAsync(audience.Region, ct);
        await api.SendToEndAsync(broadcast, ct);
        (await api.LedgerAsync([broadcast], ct)).MustBeAllSent(audience.Count);
        await using var command = source.CreateCommand("""
            SELECT (cta_buttons -> 0 ->> 'id')::uuid, (SELECT array_agg(user_id ORDER BY seq) FROM deliveries d WHERE d.broadcast_id = b.id)
            FROM broadcasts b WHERE id = $1
            """);
        command.Parameters.AddWithValue(broadcast);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new Sent(broadcast, row.GetGuid(0), row.GetFieldValue<Guid[]>(1));
    }

    private async Task<Load> ClickAsync(Sent sent, CancellationToken ct)
    {
        var addresses = sent.People.Select((_, seq) => new Uri(sender.Address, $"api/c/{links.Sign(new CtaLink(sent.Broadcast, seq, sent.Button))}")).ToList();
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false, AllowAutoRedirect = false });
        http.DefaultRequestHeaders.Add("User-Agent", UserAgent);
        return await Load.RunAsync(addresses.Count, Connections, async (_, i) =>
        {
            using var response = await http.GetAsync(addresses[i], ct);
            if (response.StatusCode != HttpStatusCode.Found)
                throw new InvalidOperationException($"{addresses[i]}: {(int)response.StatusCode}");
        });
    }

    private async Task<Load> InsertAsync(Sent sent, CancellationToken ct)
    {
        var inserts = new NpgsqlCommand[Connections];
        for (var lane = 0; lane < inserts.Length; lane++)
        {
            var insert = inserts[lane] = new NpgsqlCommand(InsertSql, await source.OpenConnectionAsync(ct));
            foreach (var value in new object[]
                { Guid.Empty, Guid.Empty, sent.Broadcast, sent.Button, DateTimeOffset.UnixEpoch, UserAgent, IPAddress.Loopback })
                insert.Parameters.AddWithValue(value);
            await insert.PrepareAsync(ct);
        }

        var load = await Load.RunAsync(sent.People.Length, Connections, async (lane, i) =>
        {
            var parameters = inserts[lane].Parameters;
            (parameters[0].Value, parameters[1].Value, parameters[4].Value) =
                (Guid.CreateVersion7(), sent.People[i], TimeProvider.System.GetUtcNow());
            await inserts[lane].ExecuteNonQueryAsync(ct);
        });
        foreach (var insert in inserts)
        {
            await insert.Connection!.DisposeAsync();
            await insert.DisposeAsync();
        }

        return load;
    }

    private const string CountsSql = "SELECT count(*), count(DISTINCT user_id), COALESCE(sum(presses), 0)::bigint FROM cta_clicks WHERE broadcast_id = $1";

    /// <exception cref="InvalidOperationException">A click was lost or counted twice: then no figure counts.</exception>
    private async Task MustBeAsync(Sent sent, int presses, CancellationToken ct)
    {
        await using var command = source.CreateCommand(CountsSql);
        command.Parameters.AddWithValue(sent.Broadcast);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        long people = sent.People.Length;
        if ((row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)) is var counts && counts != (people, people, people * presses))
            throw new InvalidOperationException($"{people} people clicked {presses} times each, and of clicks, people and presses there are {counts}");
    }
}
