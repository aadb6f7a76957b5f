using System.Net;
using Marketing.Core;
using Marketing.Core.Cta;
using Marketing.Functions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Tracking;

public sealed class RedirectFunctions(LinkTokens links, ClickRepository clicks, MarketingOptions options, ILogger<RedirectFunctions> logger)
{
    private const int MaxUserAgent = 512;
    private const string LeadsNowhere = "This link leads nowhere. It may have been cut off when it was copied.";

    // For the person who tapped it; programs get a problem.
    private const string NotFoundPage = $"""
        <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark"><title>Link not found</title>
        <body style="font: 1.1rem/1.5 system-ui; max-width: 30rem; margin: 20vh auto; padding: 0 1rem"><h1>Link not found</h1>
        <p>{LeadsNowhere}</p></body></html>
        """;

    /// <summary>A person opened a button's link: counted, then sent on. HEAD and prefetchers are sent on without a count.</summary>
    [Function(nameof(FollowLink))]
    public Task<IResult> FollowLink(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "c/{token}")] HttpRequest request, string token, CancellationToken ct) =>
        ProblemResults.GuardAsync(request, logger, async () =>
        {
            var userAgent = UserAgent(request);
            var counts = HttpMethods.IsGet(request.Method) && !Prefetchers.Is(userAgent, Purposes(request));
            var target = links.Read(token) is { } link ? await clicks.FollowAsync(link, counts, userAgent, Ip(request), ct) : null;
            if (Location(target?.Url) is not { } location)
                return request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                    ? Results.Content(NotFoundPage, "text/html; charset=utf-8", statusCode: StatusCodes.Status404NotFound)
                    : throw new NotFoundException(LeadsNowhere);
            request.HttpContext.Response.Headers.CacheControl = "no-store";
            return Results.Redirect(location);
        });

    // Cut to what is stored, but not in the middle of a character that takes two: Postgres takes no half of one.
    private static string? UserAgent(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        if (agent.Length > MaxUserAgent)
            agent = agent[..(char.IsHighSurrogate(agent[MaxUserAgent - 1]) ? MaxUserAgent - 1 : MaxUserAgent)];
        return agent.Length == 0 ? null : agent;
    }

    private static IEnumerable<string?> Purposes(HttpRequest request) => Prefetchers.PurposeHeaders.SelectMany(name => request.Headers[name]);

    // Templates take web addresses only; whatever came into the table another way leads nowhere. A header holds ASCII only: xn-- for
    // the host, percent signs for the rest.
    private static string? Location(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https"
            ? new UriBuilder(parsed) { Host = parsed.IdnHost }.Uri.AbsoluteUri : null;

    // Azure's front end appends the address it saw to X-Forwarded-For. The host, told so by ASPNETCORE_FORWARDEDHEADERS_ENABLED, takes
    // that last entry for the sender's and writes it alone into the header, from which the worker's middleware moves it here.
    private IPAddress? Ip(HttpRequest request) => ClickAddress.Kept(request.HttpContext.Connection.RemoteIpAddress, options.ClickIp);
}
