using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Marketing.Functions.Tests.Deployment;

/// <summary>Answers as <paramref name="inner"/> does and notes each key that was asked for, as an environment variable.</summary>
internal sealed class RecordingConfiguration(IConfiguration inner, ISet<string> reads, string prefix = "") : IConfigurationSection
{
    public string? this[string key]
    {
        get
        {
            reads.Add(Variable(prefix + key));
            return inner[key];
        }
        set => inner[key] = value;
    }

    public string? Value
    {
        get
        {
            reads.Add(Variable(Path));
            return (inner as IConfigurationSection)?.Value;
        }
        set => throw new NotSupportedException();
    }

    public string Key => Path.Split(':')[^1];

    public string Path => prefix.TrimEnd(':');

    public IConfigurationSection GetSection(string key) => new RecordingConfiguration(inner.GetSection(key), reads, $"{prefix}{key}:");

    public IEnumerable<IConfigurationSection> GetChildren() => inner.GetChildren().Select(child => GetSection(child.Key));

    public IChangeToken GetReloadToken() => inner.GetReloadToken();

    private static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal);
}
