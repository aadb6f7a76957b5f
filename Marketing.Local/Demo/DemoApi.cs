using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Marketing.Local.Demo;

/// <summary>The API as its first owner uses it; an answer that is no success ends the start with what it says.</summary>
internal sealed class DemoApi : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly HttpClient http;

    public DemoApi(Uri host, string ownerToken)
    {
        Host = host;
        http = new HttpClient { BaseAddress = new Uri(host, "api/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ownerToken);
    }

    public Uri Host { get; }

    public async Task<JsonElement> GetAsync(string path, CancellationToken ct) => await ReadAsync(await http.GetAsync(path, ct), ct);

    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken ct) =>
        await ReadAsync(await http.PostAsJsonAsync(path, body, Json, ct), ct);

    public async Task<JsonElement> PostAsync(string path, HttpContent body, CancellationToken ct) =>
        await ReadAsync(await http.PostAsync(path, body, ct), ct);

    public void Dispose() => http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(ct);
            return response.IsSuccessStatusCode
                ? JsonElement.Parse(text)
                : throw new InvalidOperationException(
                    $"Demo data: {response.RequestMessage?.RequestUri?.AbsolutePath} answered {(int)response.StatusCode}: {text}");
        }
    }
}
