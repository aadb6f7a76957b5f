using Microsoft.AspNetCore.Http;

namespace Marketing.Local.Telegram;

/// <summary>The page where people read their chats: files of this assembly, from the folder Page.</summary>
internal static class PageFiles
{
    // Scripts and styles are files of ours; photos come from wherever a bot says.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' http: https:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly Dictionary<string, (byte[] Content, string Type)> Files = Load();

    /// <summary>Serves <c>/page/...</c>, and the page itself at <c>/</c>.</summary>
    public static Task ServeAsync(HttpContext http, string path)
    {
        if (!Files.TryGetValue(path == "/" ? "/page/index.html" : path, out var file))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        http.Response.ContentType = file.Type;
        http.Response.ContentLength = file.Content.Length;
        return http.Response.Body.WriteAsync(file.Content, http.RequestAborted).AsTask();
    }

    private static Dictionary<string, (byte[], string)> Load()
    {
        var files = new Dictionary<string, (byte[], string)>();
        var assembly = typeof(PageFiles).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("page/", StringComparison.Ordinal)))
        {
            using var content = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[content.Length];
            content.ReadExactly(bytes);
            files[$"/{name}"] = (bytes, Path.GetExtension(name) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => throw new InvalidOperationException($"{name}: no content type is known for it"),
            });
        }

        return files;
    }
}
