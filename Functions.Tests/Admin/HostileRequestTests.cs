using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dapper;
using Marketing.Functions.Tests.Fixtures;
using Marketing.Functions.Tests.OpenApi;

namespace Marketing.Functions.Tests.Admin;

public sealed class HostileRequestTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    private const int Requests = 10_000;
    private const int AtOnce = 8;

    /// <summary>These need no input and so cannot be asked for in a hostile way.</summary>
    private static readonly string[] Harmless = ["POST /api/v1/admin/me/telegram-link"];

    [Fact]
    public async Task AnyOperation_HostileRequests_AreRefusedWithAProblemAndWriteNothing()
    {
        var (region, _) = await app.AudienceAsync(3);
        await app.SendAsync(await app.BroadcastAsync(new { region }));
        await MarketingApp.UntilAsync(UnfoldedAsync, unfolded => unfolded == 0); // the timer's folding is no request's doing
        var before = await ContentAsync();
        var operations = OpenApiDocument.Instance.Operations.Except(Harmless).ToArray();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MarketingApp.OwnerToken);
        http.DefaultRequestHeaders.Add("X-Telegram-Bot-Api-Secret-Token", MarketingApp.WebhookSecret);
        var invalid = 0;

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, ct) =>
        {
            var operation = operations[seed % operations.Length];
            using var request = new HostileRequests(app.Host.Address, seed).Next(operation);
            using var response = await http.SendAsync(request, ct);
            var answer = await response.Content.ReadAsStringAsync(ct);

            Assert.True((int)response.StatusCode < 500, $"{operation}, seed {seed}: {(int)response.StatusCode} {answer}");
            if (response.StatusCode == HttpStatusCode.BadRequest)
                Interlocked.Increment(ref invalid);
            if ((int)response.StatusCode >= 400 && answer.Length > 0 && !operation.EndsWith("/{token}", StringComparison.Ordinal))
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        });

        Assert.Equal(before, await ContentAsync());
        Assert.InRange(invalid, Requests / 2, Requests); // most came as far as being read
    }

    private async Task<long> UnfoldedAsync()
    {
        await using var db = await app.Database.OpenConnectionAsync();
        return await db.ExecuteScalarAsync<long>("SELECT count(*) FROM counter_deltas");
    }

    // The audit log keeps what was tried, and a token when it was last used.
    private async Task<IReadOnlyDictionary<string, string>> ContentAsync()
    {
        await using var db = await app.Database.OpenConnectionAsync();
        var tables = await db.QueryAsync<string>("""
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_name NOT IN ('audit_log', 'admin_tokens', 'send_lanes', 'telegram_updates')
            """);
        var content = new Dictionary<string, string>();
        foreach (var table in tables.Append("admin_tokens"))
            content[table] = JsonSerializer.Serialize(await db.QueryAsync<string>($"SELECT md5((to_jsonb(t) - 'last_used_at')::text) FROM {table} t ORDER BY 1"));
        return content;
    }
}
