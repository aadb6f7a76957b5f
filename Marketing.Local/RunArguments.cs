using System.Globalization;

namespace Marketing.Local;

/// <param name="Port">The function host's; the simulator takes the next one.</param>
/// <param name="Data">The folder for the database and the secrets.</param>
/// <param name="Fresh">Delete that folder first.</param>
internal sealed record RunArguments(int Port, string Data, bool Fresh)
{
    public const string Usage = "--data DIR [--port N] [--fresh]";

    private const string Help = $"usage: run {Usage}";

    /// <exception cref="ArgumentException">Not of the form of <see cref="Usage"/>.</exception>
    public static RunArguments Parse(string[] args)
    {
        var parsed = new RunArguments(7071, "", false);
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var option))
        {
            parsed = option switch
            {
                "--fresh" => parsed with { Fresh = true },
                "--data" when rest.TryDequeue(out var folder) => parsed with { Data = folder },
                "--port" when rest.TryDequeue(out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                    && port is > 0 and < 65535 => parsed with { Port = port },
                _ => throw new ArgumentException($"{option}: unknown, or its value is missing or bad; {Help}"),
            };
        }

        return parsed.Data.Length > 0 ? parsed : throw new ArgumentException(Help);
    }
}
