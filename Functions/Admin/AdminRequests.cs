using System.Globalization;
using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Admin;

/// <summary>What every admin request goes through: the token, the permission, the body, and problems for what is refused.</summary>
public sealed class AdminRequests(TokenRepository tokens, ILogger<AdminRequests> logger)
{
    public Task<IResult> HandleAsync(
        HttpRequest request, Permission permission, Func<Caller, Task<IResult>> handle, CancellationToken ct) =>
        ProblemResults.GuardAsync(request, logger, async () => await handle(await AuthorizeAsync(request, permission, ct)));

    public Task<IResult> HandleAsync<TBody>(
        HttpRequest request, Permission permission, Func<TBody, Caller, Task<IResult>> handle, CancellationToken ct) =>
        ProblemResults.GuardAsync(request, logger, async () =>
        {
            var caller = await AuthorizeAsync(request, permission, ct);
            return await handle(await JsonBody.ReadAsync<TBody>(request, ct), caller);
        });

    private async Task<Caller> AuthorizeAsync(HttpRequest request, Permission permission, CancellationToken ct)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        var caller = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header.Length > Scheme.Length
            ? await tokens.FindAsync(header[Scheme.Length..].Trim(), ct) : null;
        if (caller is null)
        {
            request.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
            throw new UnauthenticatedException("Send a valid token in the header Authorization: Bearer <token>.");
        }

        return Permissions.Allows(caller.Role, permission)
            ? caller : throw new ForbiddenException($"The role {Name(caller.Role)} may not do this.");
    }

    public static IResult Ok<T>(T value) => Results.Json(value, Json.Options);

    public static IResult Created<T>(string location, T value) => new CreatedResult<T>(location, value);

    public static IResult Accepted<T>(T value) => Results.Json(value, Json.Options, statusCode: StatusCodes.Status202Accepted);

    /// <summary>An id from the route.</summary>
    public static Guid Id(string text) =>
        Guid.TryParseExact(text, "D", out var id) ? id : throw new InvalidException("/id", $"\"{text}\" is not a UUID");

    /// <summary>limit from the query: 1 to <paramref name="most"/>.</summary>
    public static int Limit(HttpRequest request, int byDefault, int most) => request.Query["limit"].ToString() switch
    {
        "" => byDefault,
        var text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most
            ? limit : throw new InvalidException("/limit", $"must be a whole number from 1 to {most}"),
    };

    /// <summary>An enum's name in snake_case from the query; null when it is not given.</summary>
    public static T? Choice<T>(HttpRequest request, string key) where T : struct, Enum
    {
        var text = request.Query[key].ToString();
        if (text.Length == 0)
            return null;
        return Enum.GetValues<T>().Where(value => Name(value) == text).Cast<T?>().SingleOrDefault()
            ?? throw new InvalidException($"/{key}", $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => Name(v)))}");
    }

    /// <summary>A time from the query, UTC unless it says otherwise; null when it is not given.</summary>
    public static DateTimeOffset? Time(HttpRequest request, string key)
    {
        var text = request.Query[key].ToString();
        if (text.Length == 0)
            return null;
        return UtcTime.TryParse(text, out var time) ? time : throw new InvalidException($"/{key}", UtcTime.Expected);
    }

    private static string Name<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    // Results.Created writes with the host's own JSON options, not with ours.
    private sealed class CreatedResult<T>(string location, T value) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = location;
            return Results.Json(value, Json.Options, statusCode: StatusCodes.Status201Created).ExecuteAsync(httpContext);
        }
    }
}
