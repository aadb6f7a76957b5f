using Marketing.Core;
using Microsoft.AspNetCore.Http;

namespace Marketing.Functions.Admin;

/// <summary>Checks the query string before anything reads it.</summary>
internal static class RequestQuery
{
    // A cursor, some filters and a search are nowhere near it.
    private const int MaxLength = 2048;

    /// <summary>An unknown parameter is likely a typing error, and one that is given twice a mistake.</summary>
    /// <exception cref="InvalidException">Names all that are unknown or repeated.</exception>
    /// <exception cref="QueryTooLongException">Over 2,048 characters.</exception>
    public static void Check(HttpRequest request, IReadOnlyList<string> known)
    {
        if (request.QueryString.Value?.Length > MaxLength)
            throw new QueryTooLongException($"The query string has more than {MaxLength:N0} characters.");
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (name, values) in request.Query)
        {
            // ASP.NET Core would find them whatever their case; the documented names are exact.
            if (!known.Contains(name, StringComparer.Ordinal))
                errors[Pointer(name)] = [known.Count == 0
                    ? "unknown query parameter; none is known here" : $"unknown query parameter; known are {string.Join(", ", known)}"];
            else if (values.Count > 1)
                errors[Pointer(name)] = ["is given more than once"];
        }

        if (errors.Count > 0)
            throw new InvalidException(errors);
    }

    private static string Pointer(string name) =>
        "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
