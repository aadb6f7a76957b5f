using System.Text;

namespace Marketing.Local.Telegram;

/// <summary>A text as its difference from another one: shared start, own middle, shared end.</summary>
internal readonly struct StoredText(byte[] basis, byte[] middle, ushort prefix, ushort suffix)
{
    public override string ToString()
    {
        if (basis is null)
            return "";
        if (prefix == 0 && suffix == 0)
            return Encoding.UTF8.GetString(middle);
        var bytes = new byte[prefix + middle.Length + suffix];
        basis.AsSpan(0, prefix).CopyTo(bytes);
        middle.CopyTo(bytes.AsSpan(prefix));
        basis.AsSpan(basis.Length - suffix).CopyTo(bytes.AsSpan(prefix + middle.Length));
        return Encoding.UTF8.GetString(bytes);
    }
}

/// <summary>
/// Keeps many texts that differ little. A broadcast writes one template a million times with a name or a link token in it,
/// so each costs its middle: some 50 bytes instead of 600.
/// </summary>
internal sealed class TextStore
{
    private const int Worthwhile = 48;
    private volatile byte[] latest = [];

    public StoredText Add(string text)
    {
        if (text.Length == 0)
            return default;
        var basis = latest;
        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> buffer = size <= 2048 ? stackalloc byte[size] : new byte[size];
        var bytes = buffer[..Encoding.UTF8.GetBytes(text, buffer)];

        var shared = Math.Min(Math.Min(bytes.Length, basis.Length), ushort.MaxValue);
        var prefix = bytes[..shared].CommonPrefixLength(basis);
        var suffix = 0;
        while (suffix < shared - prefix && bytes[^(suffix + 1)] == basis[^(suffix + 1)])
            suffix++;
        if (prefix + suffix >= Worthwhile)
        {
            var middle = bytes[prefix..^suffix];
            return new(basis, middle.IsEmpty ? [] : middle.ToArray(), (ushort)prefix, (ushort)suffix);
        }

        var own = bytes.ToArray();
        if (own.Length >= Worthwhile)
            latest = own;
        return new(own, own, 0, 0);
    }
}
