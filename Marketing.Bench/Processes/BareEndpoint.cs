using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Bench.Processes;

/// <summary>
/// The webhook's baseline: reads the body and inserts one row, by the server, the routing and the connections that the function
/// host has.
/// </summary>
internal sealed class BareEndpoint : IAsyncDisposable
{
    private const string InsertSql = "INSERT INTO bare_updates (update_id, received_at, handled_at) VALUES ($1, now(), now())";

    private readonly WebApplication app;

    private BareEndpoint(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    public static async Task<BareEndpoint> StartAsync(NpgsqlDataSource source)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/insert/{id}", (RequestDelegate)(http => InsertAsync(http, source)));
        await app.StartAsync();
        return new BareEndpoint(app);
    }

    private static async Task InsertAsync(HttpContext http, NpgsqlDataSource source)
    {
        await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        await using var insert = source.CreateCommand(InsertSql);
        insert.Parameters.AddWithValue(long.Parse((string)http.Request.RouteValues["id"]!, CultureInfo.InvariantCulture));
        await insert.ExecuteNonQueryAsync(http.RequestAborted);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
