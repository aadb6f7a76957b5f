namespace Marketing.Core;

/// <summary>A request refused for a reason its sender can act on. Mapped to problem+json in one place (Functions/Admin/ProblemResults.cs).</summary>
public abstract class RefusalException(string message) : Exception(message);

/// <summary>400: the input is wrong. <paramref name="errors"/> maps a JSON pointer into the input to what is wrong there.</summary>
public sealed class InvalidException(IReadOnlyDictionary<string, string[]> errors)
    : RefusalException(string.Join("; ", errors.Select(e => $"{e.Key}{(e.Key.Length > 0 ? ": " : "")}{string.Join(", ", e.Value)}")))
{
    public InvalidException(string pointer, string error) : this(new Dictionary<string, string[]> { [pointer] = [error] }) { }

    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}

/// <summary>401: no token, or one that is unknown, expired or revoked.</summary>
public sealed class UnauthenticatedException(string message) : RefusalException(message);

/// <summary>403: the caller's role does not allow it.</summary>
public sealed class ForbiddenException(string message) : RefusalException(message);

/// <summary>404: nothing has this id.</summary>
public sealed class NotFoundException(string message) : RefusalException(message);

/// <summary>409: the object is in a state that does not allow it, or its name is taken.</summary>
public sealed class ConflictException(string message) : RefusalException(message);

/// <summary>412: the object is not any more as the request's If-Match says.</summary>
public sealed class PreconditionFailedException(string message) : RefusalException(message);

/// <summary>429: too many failed sign-ins from one address.</summary>
public sealed class TooManyAttemptsException(TimeSpan retryAfter)
    : RefusalException("Too many failed sign-ins from this address; try again later.")
{
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>414: the query string is longer than its limit.</summary>
public sealed class QueryTooLongException(string message) : RefusalException(message);

/// <summary>503: another request has it under way, and may fail; to be sent again.</summary>
public sealed class UnderWayException(string message) : RefusalException(message);

/// <summary>413: the body is larger than its limit.</summary>
public sealed class TooLargeException(string message) : RefusalException(message);

/// <summary>422: well formed, but it cannot be done, such as sending to nobody.</summary>
public sealed class UnprocessableException(string message) : RefusalException(message);

/// <summary>415: the body's content type is none of those that are read.</summary>
public sealed class UnsupportedMediaTypeException(string message) : RefusalException(message);
