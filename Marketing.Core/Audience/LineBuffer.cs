namespace Marketing.Core.Audience;

/// <summary>
/// A body read through one fixed buffer, so that an import takes the same memory at a thousand lines and at a million, and
/// a file that is one endless line takes no more.
/// </summary>
internal sealed class LineBuffer(Stream body)
{
    /// <summary>The longest record in bytes, without its line ending.</summary>
    public const int MaxRecord = 64 * 1024;

    private const int LongestEnding = 2;

    // Four records long: a refill moves at most a quarter of it to the front.
    private readonly byte[] buffer = new byte[4 * MaxRecord];
    private int start;
    private int end;
    private bool begun;
    private bool ended;

    /// <summary>The number of the line that <see cref="Unread"/> starts with, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>After <see cref="FillAsync"/>: all of the longest record with its line ending, or all that is left of the body.</summary>
    public ReadOnlyMemory<byte> Unread => buffer.AsMemory(start, end - start);

    /// <summary>Reads ahead as far as needed; false at the end of the body.</summary>
    public ValueTask<bool> FillAsync(CancellationToken ct) =>
        ended || end - start >= MaxRecord + LongestEnding ? new(end > start) : ReadAheadAsync(ct);

    /// <summary>Goes on behind the next <paramref name="bytes"/> bytes, which hold this many line endings.</summary>
    public void Advance(int bytes, int lines)
    {
        start += bytes;
        Line += lines;
    }

    /// <summary>Goes on behind the next line ending, however far away it is.</summary>
    public async ValueTask SkipLineAsync(CancellationToken ct)
    {
        while (await FillAsync(ct))
        {
            var newline = Unread.Span.IndexOf((byte)'\n');
            if (newline >= 0)
            {
                Advance(newline + 1, 1);
                return;
            }
            start = end;
        }
    }

    private async ValueTask<bool> ReadAheadAsync(CancellationToken ct)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        while (!ended && end < MaxRecord + LongestEnding)
        {
            var read = await body.ReadAsync(buffer.AsMemory(end), ct);
            ended = read == 0;
            end += read;
        }
        if (!begun && Unread.Span.StartsWith("\uFEFF"u8))
            start += "\uFEFF"u8.Length;
        begun = true;
        return end > start;
    }
}
