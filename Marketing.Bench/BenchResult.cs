using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketing.Bench;

/// <summary>On which side of the target a ratio is good.</summary>
internal enum Side { Least, Most }

/// <summary>One line of the table, and one entry of the JSON.</summary>
/// <param name="Name">Benchmark, colon, figure.</param>
/// <param name="Ratio">What is judged: the median of the rounds' value / baseline, or the value itself where there is no baseline.</param>
/// <param name="Min">Of the rounds, as <paramref name="Max"/>.</param>
/// <param name="Target">Null for what is told and not judged; then <paramref name="At"/> and <see cref="Met"/> are too.</param>
/// <param name="Baseline">The median of the rounds, as <paramref name="Value"/>.</param>
internal sealed record BenchResult(
    string Name, double Ratio, double Min, double Max, double? Target, Side? At, double? Baseline, double Value, string Unit)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        // A baseline of nothing makes a ratio of infinity.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public bool? Met => At switch
    {
        Side.Least => Ratio >= Target,
        Side.Most => Ratio <= Target,
        _ => null,
    };

    public static BenchResult Of(string name, Figure figure, double? target, Side? at)
    {
        var judged = figure.Judged;
        return new(
            name, judged.Median(), judged.Min(), judged.Max(), target, at, figure.Baselines?.Median(), figure.Values.Median(), figure.Unit);
    }

    /// <exception cref="InvalidOperationException">It is no file of results.</exception>
    public static async Task<IReadOnlyList<BenchResult>> ReadAsync(string file, CancellationToken ct)
    {
        await using var stream = File.OpenRead(file);
        try
        {
            return (await JsonSerializer.DeserializeAsync<List<BenchResult>>(stream, Json, ct))!;
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{file} is no file that --json wrote: {e.Message}");
        }
    }

    public static async Task WriteAsync(string file, IReadOnlyList<BenchResult> results)
    {
        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, results, Json);
    }
}
