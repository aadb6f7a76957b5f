using Marketing.Core.Data;

namespace Marketing.Core.Cta;

/// <summary>A callback button's data, <c>{broadcast}:{button}</c>: 45 of the 64 bytes that Telegram allows.</summary>
public readonly record struct CallbackData(Guid BroadcastId, Guid ButtonId)
{
    public override string ToString() => $"{ShortId.Encode(BroadcastId)}:{ShortId.Encode(ButtonId)}";

    /// <summary>Null when it is not of this form: forged, or another button's.</summary>
    public static CallbackData? Read(string? text) =>
        text is { Length: > ShortId.Length } && text[ShortId.Length] == ':'
        && ShortId.Decode(text.AsSpan(0, ShortId.Length)) is { } broadcast
        && ShortId.Decode(text.AsSpan(ShortId.Length + 1)) is { } button
            ? new CallbackData(broadcast, button) : null;
}
