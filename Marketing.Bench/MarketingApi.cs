using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Marketing.Bench.Processes;
using Marketing.Core;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Marketing.Bench;

/// <summary>The app as an operator has it: over HTTP. Only the wait for the end asks the database, so as not to charge the host.</summary>
internal sealed class MarketingApi : IDisposable
{
    public const string WebhookSecret = "webhook-secret-of-the-benchmarks";
    private const string OwnerToken = "owner-token-of-the-benchmarks-0123456789";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient http;
    private readonly ChildProcess host;
    private readonly NpgsqlDataSource source;

    public MarketingApi(ChildProcess host, NpgsqlDataSource source)
    {
        // An import of a million people may take minutes on a slow machine.
        http = new HttpClient { BaseAddress = new Uri(host.Address, "api/v1/admin/"), Timeout = TimeSpan.FromMinutes(20) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerToken);
        (this.host, this.source) = (host, source);
    }

    /// <param name="sendRate">A million a second is no rate cap; null is the product's default, as <paramref name="inFlight"/>'s is.</param>
    public static Dictionary<string, string?> Settings(string connectionString, Uri? telegram, double? sendRate, int? inFlight) => new()
    {
        ["ConnectionStrings__Marketing"] = connectionString,
        ["Telegram__BotToken"] = "42:token-of-the-benchmarks",
        ["Telegram__ApiBaseUrl"] = telegram?.ToString(),
        ["Telegram__WebhookSecret"] = WebhookSecret,
        ["Marketing__PublicBaseUrl"] = BenchMessage.PublicBaseUrl,
        ["Marketing__LinkSigningKey"] = Convert.ToBase64String(new byte[32]),
        ["Marketing__OwnerToken"] = OwnerToken,
        ["Marketing__SendRate"] = sendRate?.ToString(CultureInfo.InvariantCulture),
        ["Marketing__MaxInFlight"] = inFlight?.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The settings as the app reads them.</summary>
    public static MarketingOptions Options(Dictionary<string, string?> settings) => MarketingOptions.From(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), s.Value))).Build());

    /// <summary>A draft of the benchmarks' message to an audience.</summary>
    public Task<Guid> DraftAsync(string region, CancellationToken ct) => DraftAsync(region, BenchMessage.Buttons, ct);

    public async Task<Guid> DraftAsync(string region, object[] buttons, CancellationToken ct)
    {
        var template = await PostAsync("templates", new
        {
            name = $"Bench {Guid.CreateVersion7()}", category = "bench", content = BenchMessage.Template, cta_buttons = buttons,
        }, ct);
        var broadcast = await PostAsync("broadcasts", new
        {
            title = "Bench", template_id = template.GetProperty("id").GetGuid(), cohort_query = new { region },
        }, ct);
        return broadcast.GetProperty("id").GetGuid();
    }

    public Task SendAsync(Guid broadcast, CancellationToken ct) => PostAsync($"broadcasts/{broadcast}/send", new { }, ct);

    /// <summary>Sends it and returns when all are settled.</summary>
    /// <exception cref="InvalidOperationException">The host has ended, or the ledger has not moved for two minutes.</exception>
    public async Task SendToEndAsync(Guid broadcast, CancellationToken ct)
    {
        await SendAsync(broadcast, ct);
        await using var db = await source.OpenConnectionAsync(ct);
        await using var status = new NpgsqlCommand("SELECT status FROM broadcasts WHERE id = $1", db) { Parameters = { new() { Value = broadcast } } };
        await status.PrepareAsync(ct);
        var watch = new StallWatch(host, source, broadcast);
        while ((short)(await status.ExecuteScalarAsync(ct))! == 4)
        {
            await watch.CheckAsync(ct);
            await Task.Delay(Poll, ct);
        }
    }

    private const string LedgerSql = """
        SELECT count(*), count(*) FILTER (WHERE state = 2),
            COALESCE(extract(epoch FROM max(finished_at) - min(claimed_at))::double precision, 0)
        FROM deliveries WHERE broadcast_id = ANY ($1)
        """;

    public async Task<Ledger> LedgerAsync(IReadOnlyList<Guid> broadcasts, CancellationToken ct)
    {
        await using var command = source.CreateCommand(LedgerSql);
        command.Parameters.AddWithValue(broadcasts.ToArray());
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new Ledger(row.GetInt64(0), row.GetInt64(1), row.GetDouble(2));
    }

    /// <summary>Imports a CSV file; how many people were new.</summary>
    public async Task<int> ImportAsync(string file, CancellationToken ct)
    {
        using var content = new StreamContent(File.OpenRead(file), 1 << 16) { Headers = { ContentType = new("text/csv") } };
        using var response = await http.PostAsync("audience/import", content, ct);
        return (await ReadAsync("audience/import", response, ct)).GetProperty("inserted").GetInt32();
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken ct)
    {
        using var response = await http.GetAsync(path, ct);
        return await ReadAsync(path, response, ct);
    }

    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken ct)
    {
        using var response = await http.PostAsJsonAsync(path, body, ct);
        return await ReadAsync(path, response, ct);
    }

    private static async Task<JsonElement> ReadAsync(string path, HttpResponseMessage response, CancellationToken ct) =>
        response.IsSuccessStatusCode
            ? await response.Content.ReadFromJsonAsync<JsonElement>(ct)
            : throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");

    public void Dispose() => http.Dispose();
}

/// <param name="Seconds">From the first claim to the last outcome.</param>
internal sealed record Ledger(long Recipients, long Sent, double Seconds)
{
    /// <exception cref="InvalidOperationException">Somebody got no message: then no figure counts.</exception>
    public void MustBeAllSent(int expected)
    {
        if (Recipients != expected || Sent != expected)
            throw new InvalidOperationException($"{Sent} of {Recipients} messages were sent, and {expected} were expected");
    }
}
