using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Marketing.Bench.Chaos;
using Marketing.Functions.Delivery;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Chaos;

/// <summary>The API of a host that is a process of its own.</summary>
internal static class HostCalls
{
    /// <summary>Runs the watchdog now, so that a test need not wait up to 15 s for its turn.</summary>
    public static async Task WatchAsync(this LocalProcess host) => await MarketingApp.ReadAsync(
        await host.Http.PostAsJsonAsync($"/admin/functions/{nameof(DeliveryTimers.WatchBroadcasts)}", new { }), HttpStatusCode.Accepted);

    public static async Task<JsonElement> GetAsync(this LocalProcess host, string path) =>
        await MarketingApp.ReadAsync(await host.Http.GetAsync(path), HttpStatusCode.OK);

    public static async Task<JsonElement> PostAsync(this LocalProcess host, string path, object body, HttpStatusCode expected) =>
        await MarketingApp.ReadAsync(await host.Http.PostAsJsonAsync(path, body), expected);
}
