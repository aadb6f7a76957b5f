using System.Globalization;

namespace Marketing.Core.Telegram.Conversations;

/// <summary>Lists that are longer than a phone's screen.</summary>
internal static class Paging
{
    private const int Size = 8;

    /// <summary>The items of a page, which is the last one when the list has become shorter.</summary>
    public static IEnumerable<T> Of<T>(IReadOnlyList<T> items, int page) => items.Skip(Math.Min(page, Last(items.Count)) * Size).Take(Size);

    /// <summary>A row to turn the pages; none when one holds everything.</summary>
    public static IEnumerable<IReadOnlyList<ScreenButton>> Row(int items, int page)
    {
        var last = Last(items);
        var at = Math.Min(page, last);
        List<ScreenButton> row = [];
        if (at > 0)
            row.Add(new ScreenButton($"‹ Page {at}", Screen.PageAction, Words.Plain(at - 1)));
        if (at < last)
            row.Add(new ScreenButton($"Page {at + 2} of {last + 1} ›", Screen.PageAction, Words.Plain(at + 1)));
        return row.Count == 0 ? [] : [row];
    }

    /// <summary>A page's number in a button's value; the first page for what is none.</summary>
    public static int Read(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page < 10_000 ? page : 0;

    private static int Last(int items) => Math.Max(0, (items - 1) / Size);
}
