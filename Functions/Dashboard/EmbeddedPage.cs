using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Marketing.Functions.Dashboard;

/// <summary>A web page whose files are resources of an assembly, under names that begin with <paramref name="folder"/> and a slash.</summary>
/// <param name="policy">Its Content-Security-Policy.</param>
public sealed class EmbeddedPage(Assembly assembly, string folder, string policy)
{
    private readonly Dictionary<string, PageFile> files = assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith($"{folder}/", StringComparison.Ordinal))
        .ToDictionary(name => name[(folder.Length + 1)..], name => Load(assembly, name));

    /// <summary>The file at this path below the folder, index.html for none; null when there is no such file.</summary>
    public IResult? Find(HttpRequest request, string path)
    {
        if (!files.TryGetValue(path.Length == 0 ? "index.html" : path, out var file))
            return null;
        var headers = request.HttpContext.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Asked again each time, and not sent again while it is the same: a new version is a reload away.
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.AcceptEncoding;
        if (!request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
            return Results.Bytes(file.Content, file.Type, entityTag: file.Tag);
        headers.ContentEncoding = "br";
        return Results.Bytes(file.Compressed, file.Type, entityTag: file.Tag);
    }

    private static PageFile Load(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Optimal))
            brotli.Write(content);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..8])}\"", isWeak: true);
        return new PageFile(content, compressed.ToArray(), tag, Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => throw new InvalidOperationException($"{name}: no content type is known for it"),
        });
    }

    private sealed record PageFile(byte[] Content, byte[] Compressed, EntityTagHeaderValue Tag, string Type);
}
