using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Marketing.Functions.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Tests.Admin;

public sealed class LoggingApp : MarketingApp
{
    internal CapturedLog Log { get; } = new();

    protected override void ConfigureLogging(ILoggingBuilder logging) => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Information);
}

/// <summary>What holds for every request: its id, unknown query parameters, sizes and content types.</summary>
public sealed class RequestTests(LoggingApp app) : IClassFixture<LoggingApp>
{
    [Fact]
    public async Task AnyFunction_WithARequestId_AnswersWithIt()
    {
        foreach (var function in HttpFunction.All)
        {
            using var request = function.Request();
            request.Headers.Add("X-Request-Id", $"walk.{function.Name}");
            using var response = await app.Api.SendAsync(request);

            Assert.True(response.Headers.TryGetValues("X-Request-Id", out var ids), $"{function}: no X-Request-Id; go through ProblemResults.GuardAsync");
            Assert.Equal([$"walk.{function.Name}"], ids);
            if ((int)response.StatusCode >= 400 && function.Method != HttpMethod.Head)
            {
                var body = await response.Content.ReadAsStringAsync();
                Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{function}: {body}");
                Assert.Equal($"walk.{function.Name}", JsonElement.Parse(body).Text("request_id"));
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with blank")]
    [InlineData("a,b")]
    [InlineData("<script>")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task RequestId_MissingOrNotSane_IsANewOne(string? given)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/admin/me");
        if (given is not null)
            request.Headers.TryAddWithoutValidation("X-Request-Id", given);
        using var response = await app.Api.SendAsync(request);

        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(response.Headers.GetValues("X-Request-Id")));
    }

    [Fact]
    public async Task LogLines_OfARequest_CarryItsId()
    {
        var (region, _) = await app.AudienceAsync(1);
        var id = await app.BroadcastAsync(new { region });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/admin/broadcasts/{id}/send");
        request.Headers.Add("X-Request-Id", "log-me");

        using var response = await app.Api.SendAsync(request);

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = Assert.Single(app.Log.Lines, line => line.Text.StartsWith($"Broadcast {id} accepted", StringComparison.Ordinal));
        Assert.Equal("log-me", accepted.RequestId);
    }

    [Theory]
    [InlineData("v1/admin/broadcasts?stauts=draft", "/stauts", "known are status")]
    [InlineData("v1/admin/broadcasts?limit=5&limit=6", "/limit", "more than once")]
    [InlineData("v1/admin/broadcasts?limit=5&LIMIT=6", "/LIMIT", "unknown")]
    [InlineData("v1/admin/broadcasts?Limit=5", "/Limit", "unknown")]
    [InlineData("v1/admin/me?verbose", "/verbose", "none is known")]
    [InlineData("v1/admin/me?a%2Fb~c=1", "/a~1b~0c", "unknown")]
    [InlineData("v1/admin/me?=1", "/", "unknown")]
    public async Task Query_UnknownOrRepeated_IsNamed(string path, string pointer, string says) => Assert.Contains(
        says, (await app.GetAsync(path, HttpStatusCode.BadRequest)).Error(pointer), StringComparison.Ordinal);

    [Fact]
    public async Task AnyAdminFunction_UnknownQueryParameter_Is400()
    {
        foreach (var function in HttpFunction.Admin)
        {
            using var request = function.Request();
            request.RequestUri = new Uri($"{request.RequestUri}?no_such=1", UriKind.Relative);
            using var response = await app.Api.SendAsync(request);

            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{function}: {(int)response.StatusCode} for an unknown query parameter");
        }
    }

    [Fact]
    public async Task Query_TooLong_Is414() =>
        await app.GetAsync($"v1/admin/broadcasts?cursor={new string('x', 2048)}", HttpStatusCode.RequestUriTooLong);

    [Theory]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/csv", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/xml", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/merge-patch+json", HttpStatusCode.OK)]
    [InlineData("application/x-www-form-urlencoded", HttpStatusCode.OK)] // what curl -d says
    [InlineData(null, HttpStatusCode.OK)]
    public async Task JsonBody_ContentType_IsLookedAt(string? contentType, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent("{\"cohort_query\":{}}"u8.ToArray());
        if (contentType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        await MarketingApp.ReadAsync(await app.Api.PostAsync(new Uri("v1/admin/cohorts/preview", UriKind.Relative), content), expected);
    }
}

internal sealed record LogLine(string? RequestId, string Text);

/// <summary>Log lines with the request's id of their scopes.</summary>
internal sealed class CapturedLog : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<LogLine> Lines { get; } = new();

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void Dispose() { }

    private sealed class Logger(CapturedLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string? id = null;
            log.scopes.ForEachScope((scope, _) =>
            {
                if (scope is IEnumerable<KeyValuePair<string, object?>> values)
                    id = values.FirstOrDefault(value => value.Key == "XRequestId").Value as string ?? id;
            }, state);
            log.Lines.Enqueue(new LogLine(id, formatter(state, exception)));
        }
    }
}
