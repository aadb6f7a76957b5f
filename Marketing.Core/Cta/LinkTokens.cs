using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Marketing.Core.Cta;

/// <summary>A link of one message: who got it follows from the ledger's (broadcast, seq).</summary>
public readonly record struct CtaLink(Guid BroadcastId, int Seq, Guid ButtonId);

/// <summary>Redirect tokens: broadcast (16 bytes), seq (4), button (16) and an HMAC-SHA256 cut to 12 bytes, in base64url (64 characters).</summary>
public sealed class LinkTokens(MarketingOptions options)
{
    private const int PayloadLength = 16 + 4 + 16;

    // 96 bits: a forger who tries a billion tokens a second needs over 10^12 years for one hit.
    private const int MacLength = 12;

    public string Sign(CtaLink link)
    {
        Span<byte> token = stackalloc byte[PayloadLength + MacLength];
        link.BroadcastId.TryWriteBytes(token, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(token[16..], link.Seq);
        link.ButtonId.TryWriteBytes(token[20..], bigEndian: true, out _);
        Mac(options.LinkSigningKeys[0], token[..PayloadLength], token[PayloadLength..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Null when the token was not made by <see cref="Sign"/> with this key or an earlier one.</summary>
    public CtaLink? Read(string text)
    {
        Span<byte> token = stackalloc byte[PayloadLength + MacLength];
        if (text.Length != Base64Url.GetEncodedLength(token.Length)
            || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, token, out _))
            return null;
        Span<byte> expected = stackalloc byte[MacLength];
        foreach (var key in options.LinkSigningKeys)
        {
            Mac(key, token[..PayloadLength], expected);
            if (CryptographicOperations.FixedTimeEquals(expected, token[PayloadLength..]))
            {
                return new CtaLink(
                    new Guid(token[..16], bigEndian: true), BinaryPrimitives.ReadInt32BigEndian(token[16..]),
                    new Guid(token[20..PayloadLength], bigEndian: true));
            }
        }

        return null;
    }

    private static void Mac(byte[] key, ReadOnlySpan<byte> payload, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, payload, full);
        full[..MacLength].CopyTo(mac);
    }
}
