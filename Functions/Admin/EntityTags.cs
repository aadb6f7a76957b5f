using Marketing.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Marketing.Functions.Admin;

/// <summary>Optimistic concurrency over HTTP: an answer's ETag, and the If-Match with which it comes back.</summary>
internal static class EntityTags
{
    /// <summary>The result with a strong ETag.</summary>
    public static IResult Tagged(this IResult result, string revision) => new TaggedResult(result, $"\"{revision}\"");

    /// <summary>The revisions that If-Match names; null when it names none, or any with *. A weak tag matches nothing (RFC 9110, 13.1.1).</summary>
    public static string[]? IfMatch(HttpRequest request)
    {
        if (request.Headers.IfMatch.Count == 0)
            return null;
        if (!EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch!, out var tags) || tags.Count == 0)
            throw new InvalidException("/If-Match", "must be the ETag of an answer, in its quotes, or *");
        return tags.Contains(EntityTagHeaderValue.Any) ? null : [.. tags.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString().Trim('"'))];
    }

    private sealed class TaggedResult(IResult result, string tag) : IResult, IMadeObject
    {
        public string? MadeId => (result as IMadeObject)?.MadeId;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.ETag = tag;
            return result.ExecuteAsync(httpContext);
        }
    }
}
