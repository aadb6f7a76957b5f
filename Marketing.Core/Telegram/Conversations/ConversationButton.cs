using System.Globalization;
using System.Text;
using Marketing.Core.Data;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>
/// A conversation button's data, <c>~c{conversation}:{version}:{action}:{value}</c>. The ~ is in no base64url, so that it is
/// never read as a call-to-action's data (<see cref="Cta.CallbackData"/>).
/// </summary>
public readonly record struct ConversationButton(Guid ConversationId, int Version, string Action, string Value)
{
    public const string Prefix = "~c";

    // core.telegram.org/bots/api#inlinekeyboardbutton
    private const int MaxBytes = 64;

    public override string ToString()
    {
        var data = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{ShortId.Encode(ConversationId)}:{Version}:{Action}:{Value}");
        return Encoding.UTF8.GetByteCount(data) <= MaxBytes
            ? data : throw new InvalidOperationException($"The button data {data} has more than {MaxBytes} bytes.");
    }

    /// <summary>Null when it is not of this form: forged.</summary>
    public static ConversationButton? Read(string data)
    {
        if (!data.StartsWith(Prefix, StringComparison.Ordinal) || data[Prefix.Length..].Split(':', 4) is not [var id, var version, var action, var value])
            return null;
        return ShortId.Decode(id) is { } conversation && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ConversationButton(conversation, number, action, value) : null;
    }
}
