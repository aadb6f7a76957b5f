using System.Globalization;
using System.Text.Json.Serialization;
using Marketing.Core;
using Marketing.Core.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketing.Functions.Admin;

/// <summary>An RFC 9457 problem; errors maps JSON pointers into the request to what is wrong there.</summary>
public sealed record Problem(
    string Title, int Status, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null)
{
    public string RequestId { get; init; } = "";
}

/// <summary>What every HTTP function goes through: its request's id, and the one place where a refusal becomes an HTTP answer.</summary>
internal static class ProblemResults
{
    /// <summary>Runs a handler; what it refuses, and a database that is away, becomes a problem. Anything else is a defect: 500.</summary>
    public static async Task<IResult> GuardAsync(HttpRequest request, ILogger logger, Func<Task<IResult>> handle)
    {
        var requestId = RequestId.Of(request);
        request.HttpContext.Response.Headers[RequestId.Header] = requestId;
        using var scope = Log.Request(logger, requestId);
        IResult Result(Problem problem) =>
            Results.Json(problem with { RequestId = requestId }, Json.Options, "application/problem+json", problem.Status);

        try
        {
            return await handle();
        }
        catch (RefusalException refusal)
        {
            Explain(refusal, request.HttpContext.Response.Headers);
            return Result(Of(refusal));
        }
        catch (BadHttpRequestException e)
        {
            return Result(new Problem(
                e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "Too large." : "The request is malformed.", e.StatusCode, e.Message));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return Result(Of(new ConflictException("Something that this refers to was deleted in the meantime.")));
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            Log.DatabaseSlow(logger, request.Path, e);
            return Result(new Problem("The database took too long.", StatusCodes.Status503ServiceUnavailable, "Ask for less at once, or try again later."));
        }
        catch (NpgsqlException e) when (e.IsTransient)
        {
            Log.DatabaseAway(logger, request.Path, e);
            request.HttpContext.Response.Headers.RetryAfter = "5";
            return Result(new Problem(
                "The database cannot be reached.", StatusCodes.Status503ServiceUnavailable, "Try again in a few seconds."));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The last resort of every HTTP function: logged whole, and nothing of it told.
            Log.Unexpected(logger, request.Path, e);
            return Result(new Problem("Something went wrong on our side.", StatusCodes.Status500InternalServerError, "The error was logged."));
        }
    }

    private static Problem Of(RefusalException refusal) => refusal switch
    {
        InvalidException invalid => new("The request is not valid.", StatusCodes.Status400BadRequest, invalid.Message, invalid.Errors),
        UnauthenticatedException => new("Not signed in.", StatusCodes.Status401Unauthorized, refusal.Message),
        ForbiddenException => new("Not allowed.", StatusCodes.Status403Forbidden, refusal.Message),
        QueryTooLongException => new("Too long.", StatusCodes.Status414UriTooLong, refusal.Message),
        TooManyAttemptsException => new("Too many attempts.", StatusCodes.Status429TooManyRequests, refusal.Message),
        NotFoundException => new("Not found.", StatusCodes.Status404NotFound, refusal.Message),
        ConflictException => new("Not possible now.", StatusCodes.Status409Conflict, refusal.Message),
        PreconditionFailedException => new("Changed in the meantime.", StatusCodes.Status412PreconditionFailed, refusal.Message),
        UnderWayException => new("Under way.", StatusCodes.Status503ServiceUnavailable, refusal.Message),
        TooLargeException => new("Too large.", StatusCodes.Status413PayloadTooLarge, refusal.Message),
        UnsupportedMediaTypeException => new("Unknown content type.", StatusCodes.Status415UnsupportedMediaType, refusal.Message),
        UnprocessableException => new("Cannot be done.", StatusCodes.Status422UnprocessableEntity, refusal.Message),
        _ => throw new InvalidOperationException($"No status for {refusal.GetType()}.", refusal),
    };

    // What a refusal says in the headers too.
    private static void Explain(RefusalException refusal, IHeaderDictionary headers)
    {
        if (refusal is UnauthenticatedException)
            headers.WWWAuthenticate = "Bearer";
        else if (refusal is TooManyAttemptsException tooMany)
            headers.RetryAfter = Math.Ceiling(tooMany.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }
}
