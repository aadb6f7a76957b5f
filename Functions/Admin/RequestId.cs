using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Marketing.Functions.Admin;

/// <summary>What a request is called in its answer, in problems and in the log: the caller's own name for it, or a new one.</summary>
internal static partial class RequestId
{
    public const string Header = "X-Request-Id";

    public static string Of(HttpRequest request) =>
        request.Headers[Header] is [{ } given] && Good().IsMatch(given) ? given : Guid.CreateVersion7().ToString("N");

    // It goes into logs and headers as it is.
    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Good();
}
