using Marketing.Functions.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>The page where people read their chats: files of this assembly, from the folder Page.</summary>
internal static class PageFiles
{
    // Scripts and styles are files of ours; photos come from wherever a bot says.
    private static readonly EmbeddedPage Page = new(
        typeof(PageFiles).Assembly, "page",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' http: https:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'");

    /// <summary>Serves <c>/page/...</c>, and the page itself at <c>/</c>.</summary>
    public static Task ServeAsync(HttpContext http, string path) =>
        (Page.Find(http.Request, path["/".Length..].StartsWith("page/", StringComparison.Ordinal) ? path["/page/".Length..] : path[1..])
            ?? Results.NotFound()).ExecuteAsync(http);
}
