using System.Buffers.Text;

namespace Marketing.Core.Data;

/// <summary>An id in base64url, 22 characters: for cursors and for callback data, where every byte counts.</summary>
public static class ShortId
{
    public const int Length = 22;

    public static string Encode(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null when it is not an id in this form.</summary>
    public static Guid? Decode(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        // TryDecodeFromChars throws on characters that are not of the alphabet, so these are looked for first.
        return text.Length == Length && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out _)
            ? new Guid(bytes, bigEndian: true) : null;
    }
}
