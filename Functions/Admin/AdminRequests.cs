using System.Globalization;
using Marketing.Core;
using Marketing.Core.Access;
using Marketing.Core.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Admin;

/// <summary>
/// What every admin request goes through: who sent it, the permission, the query, the body, the audit log, and problems for what
/// is refused.
/// </summary>
public sealed class AdminRequests(SignIn signIn, AuditTrail audit, ILogger<AdminRequests> logger)
{
    public Task<IResult> HandleAsync(
        HttpRequest request, Operation operation, Func<Caller, Task<IResult>> handle, CancellationToken ct) =>
        ProblemResults.GuardAsync(request, logger, async () =>
        {
            var caller = await AuthorizeAsync(request, operation, ct);
            return await AuditedAsync(request, operation, caller, () => handle(caller));
        });

    public Task<IResult> HandleAsync<TBody>(
        HttpRequest request, Operation operation, Func<TBody, Caller, Task<IResult>> handle, CancellationToken ct) =>
        ProblemResults.GuardAsync(request, logger, async () =>
        {
            var caller = await AuthorizeAsync(request, operation, ct);
            var body = await JsonBody.ReadAsync<TBody>(request, ct);
            return await AuditedAsync(request, operation, caller, () => handle(body, caller));
        });

    private async Task<Caller> AuthorizeAsync(HttpRequest request, Operation operation, CancellationToken ct)
    {
        var caller = await signIn.CallerAsync(request, ct);
        if (!Permissions.Allows(caller.Role, operation.Permission))
        {
            await audit.RefusedAsync(request, caller, operation);
            throw new ForbiddenException($"The role {Name(caller.Role)} may not do this.");
        }

        RequestQuery.Check(request, operation.Query);
        return caller;
    }

    private async Task<IResult> AuditedAsync(HttpRequest request, Operation operation, Caller caller, Func<Task<IResult>> handle)
    {
        try
        {
            var result = await handle();
            if (operation.Action is { } done)
                await audit.DoneAsync(request, caller, done, result);
            return result;
        }
        catch (ForbiddenException)
        {
            await audit.RefusedAsync(request, caller, operation);
            throw;
        }
        catch (Exception e) when (operation.Action is not null && e is not RefusalException and not BadHttpRequestException)
        {
            await audit.UnsureAsync(request, caller, operation.Action);
            throw;
        }
    }

    public static IResult Ok<T>(T value) => Results.Json(value, Json.Options);

    public static IResult Created<T>(string location, T value) => new CreatedResult<T>(location, value);

    public static IResult Accepted<T>(T value) => Results.Json(value, Json.Options, statusCode: StatusCodes.Status202Accepted);

    /// <summary>An id from the route, or from wherever <paramref name="pointer"/> says.</summary>
    public static Guid Id(string text, string pointer = "/id") =>
        Guid.TryParseExact(text, "D", out var id) ? id : throw new InvalidException(pointer, $"\"{text}\" is not a UUID");

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

    /// <summary>true or false from the query; false when it is not given.</summary>
    public static bool Flag(HttpRequest request, string key) => request.Query[key].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        _ => throw new InvalidException($"/{key}", "must be true or false"),
    };

    /// <summary>Text from the query, of at most <paramref name="most"/> characters; null when it is not given.</summary>
    public static string? Text(HttpRequest request, string key, int most = 200) => request.Query[key].ToString() switch
    {
        "" => null,
        var text when text.Length > most => throw new InvalidException($"/{key}", $"{text.Length} characters; at most {most} are allowed"),
        var text when text.Contains('\0', StringComparison.Ordinal) => throw new InvalidException($"/{key}", "must not contain the NUL character"),
        var text => text,
    };

    /// <summary>A time from the query, UTC unless it says otherwise; null when it is not given.</summary>
    public static DateTimeOffset? Time(HttpRequest request, string key)
    {
        var text = request.Query[key].ToString();
        if (text.Length == 0)
            return null;
        if (!UtcTime.TryParse(text, out var time))
            throw new InvalidException($"/{key}", UtcTime.Expected);
        return UtcTime.IsPlausible(time) ? time : throw new InvalidException($"/{key}", UtcTime.Implausible);
    }

    private static string Name<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    // Results.Created writes with the host's own JSON options, not with ours.
    private sealed class CreatedResult<T>(string location, T value) : IResult, IMadeObject
    {
        public string? MadeId => location[(location.LastIndexOf('/') + 1)..];

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = location;
            return Results.Json(value, Json.Options, statusCode: StatusCodes.Status201Created).ExecuteAsync(httpContext);
        }
    }
}
