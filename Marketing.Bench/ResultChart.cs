using System.Globalization;
using System.Net;
using System.Text;

namespace Marketing.Bench;

/// <summary>
/// Draws the judged figures of a JSON file of results as SVG: how far each is from its target, as a factor. To the right of the
/// line at 1 a target is met. Figures where less is better are turned round, so that longer is always better.
/// </summary>
internal static class ResultChart
{
    public const string Command = "chart";

    private const int Width = 980;
    private const int Left = 460;
    private const int Right = 170;
    private const int Row = 26;
    private const int Top = 56;

    // A tenth of a target to ten times it, on a logarithmic scale: twice as good is as far as half as good.
    private const double Decades = 1;

    /// <param name="files">JSON files of results, and the SVG file to write.</param>
    public static async Task DrawAsync(string[] files, CancellationToken ct)
    {
        if (files is not [_, .., var svg] || !svg.EndsWith(".svg", StringComparison.Ordinal))
            throw new ArgumentException($"usage: bench {Command} RESULTS.json... CHART.svg");
        var results = new List<BenchResult>();
        foreach (var file in files[..^1])
            results.AddRange(await BenchResult.ReadAsync(file, ct));
        await File.WriteAllTextAsync(svg, Draw(results), ct);
    }

    private static string Draw(IEnumerable<BenchResult> results)
    {
        // What has to be none at all is no multiple of anything.
        var judged = results.Where(result => result.Target > 0).ToList();
        var height = Top + judged.Count * Row + 34;
        var svg = new StringBuilder();
        Line(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" aria-label="Measured figures against their targets">""");
        Line(svg, $$"""
            <style>
              text { font: 13px system-ui, sans-serif; fill: #1f2933; } .muted { fill: #5b6673; font-size: 12px; } .title { font-weight: 600; font-size: 15px; }
              .met { fill: #2563eb; } .missed { fill: #c2410c; } .line { stroke: #5b6673; stroke-dasharray: 3 3; } .ground { fill: #fff; }
              @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .muted { fill: #9aa7b5; } .met { fill: #6ea0ff; } .missed { fill: #f0914b; } .ground { fill: #0d1117; } }
            </style>
            """);
        Line(svg, $"""<rect class="ground" width="{Width}" height="{height}" rx="8"/>""");
        Line(svg, $"""<text class="title" x="16" y="26">Each figure against its target: right of the line it is met</text>""");
        Line(svg, $"""<text class="muted" x="{At(1):0}" y="{Top - 10}" text-anchor="middle">target</text>""");
        foreach (var (row, result) in judged.Index())
        {
            var factor = result.At == Side.Least ? result.Ratio / result.Target!.Value : result.Target!.Value / result.Ratio;
            var y = Top + row * Row;
            var (from, to) = (Math.Min(At(1), At(factor)), Math.Max(At(1), At(factor)));
            Line(svg, $"""<text x="{Left - 10}" y="{y + 15}" text-anchor="end">{WebUtility.HtmlEncode(result.Name)}</text>""");
            Line(svg, $"""<rect class="{(result.Met is true ? "met" : "missed")}" x="{from:0.#}" y="{y + 3}" width="{Math.Max(2, to - from):0.#}" height="{Row - 9}" rx="3"/>""");
            Line(svg, $"""<text class="muted" x="{Width - Right + 8}" y="{y + 15}">{Report.Number(result.Ratio)} ({(result.At == Side.Least ? "at least" : "at most")} {Report.Number(result.Target!.Value)})</text>""");
        }

        Line(svg, $"""<line class="line" x1="{At(1):0.#}" x2="{At(1):0.#}" y1="{Top - 4}" y2="{height - 30}"/>""");
        foreach (var mark in (double[])[0.1, 0.5, 2, 10])
            Line(svg, $"""<text class="muted" x="{At(mark):0}" y="{height - 12}" text-anchor="middle">{mark.ToString(CultureInfo.InvariantCulture)}×</text>""");
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    private static double At(double factor) =>
        Left + (Math.Clamp(Math.Log10(factor), -Decades, Decades) + Decades) / (2 * Decades) * (Width - Left - Right);

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
