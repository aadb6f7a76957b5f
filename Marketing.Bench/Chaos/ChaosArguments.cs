using System.Globalization;

namespace Marketing.Bench.Chaos;

/// <param name="Minutes">How long everything fails; the drain and the checks come after it.</param>
/// <param name="Seed">Of all that is chosen at random. When it meets what is left to the machine.</param>
/// <param name="Json">The file that gets the report as JSON too; null for none.</param>
internal sealed record ChaosArguments(double Minutes, int Seed, string? Json)
{
    public const string Command = "chaos";
    public const string Usage = "usage: chaos [minutes] [--seed N] [--json FILE]";

    private const double LongestDay = 24 * 60;

    /// <exception cref="ArgumentException">Not of the form of <see cref="Usage"/>.</exception>
    public static ChaosArguments Parse(IEnumerable<string> args)
    {
        var hasMinutes = false;
        var parsed = new ChaosArguments(10, Random.Shared.Next(1, 1_000_000), null);
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var word))
        {
            parsed = word switch
            {
                "--seed" => parsed with
                {
                    Seed = rest.TryDequeue(out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
                        ? seed : throw new ArgumentException($"--seed needs a whole number; {Usage}"),
                },
                "--json" => parsed with { Json = rest.TryDequeue(out var file) ? JsonFile.Checked(file) : throw new ArgumentException($"--json needs a file; {Usage}") },
                _ when hasMinutes => throw new ArgumentException($"{word}: the minutes were given before; {Usage}"),
                _ => parsed with
                {
                    Minutes = double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes)
                        && minutes is > 0 and <= LongestDay ? minutes : throw new ArgumentException($"{word}: not a number of minutes; {Usage}"),
                },
            };
            hasMinutes |= word is not ("--seed" or "--json");
        }

        return parsed;
    }
}
