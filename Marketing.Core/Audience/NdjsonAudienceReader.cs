using System.Text.Json;

namespace Marketing.Core.Audience;

/// <summary>One JSON object a line; a member without a column of its own becomes an attribute as it is.</summary>
internal sealed class NdjsonAudienceReader(LineBuffer lines, Rejections rejections) : PersonReader(lines, rejections)
{
    public override async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        while (await Lines.FillAsync(ct))
        {
            var number = Lines.Line;
            var unread = Lines.Unread;
            var newline = unread.Span.IndexOf((byte)'\n');
            var line = newline < 0 ? unread : unread[..newline];
            if (line.Span.EndsWith("\r"u8))
                line = line[..^1];
            if (line.Length > LineBuffer.MaxRecord)
            {
                Rejections.Add(number, $"longer than {LineBuffer.MaxRecord} bytes");
                await Lines.SkipLineAsync(ct);
                continue;
            }
            Lines.Advance(newline < 0 ? unread.Length : newline + 1, newline < 0 ? 0 : 1);
            if (!line.Span.ContainsAnyExcept(" \t"u8))
                continue;
            if (Take(line, number))
                return true;
        }
        return false;
    }

    protected override string? Fill(ReadOnlyMemory<byte> record)
    {
        var json = new Utf8JsonReader(record.Span);
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                return "not a JSON object";
            var reason = JsonValues.TakeMembers(ref json, record.Span, Person, columns: true);
            if (reason is null)
                json.Read(); // throws for anything behind the object
            return reason;
        }
        catch (JsonException malformed)
        {
            return $"malformed JSON at byte {malformed.BytePositionInLine + 1}";
        }
        catch (InvalidOperationException)
        {
            return $"half a surrogate pair at byte {json.TokenStartIndex + 1}";
        }
    }
}
