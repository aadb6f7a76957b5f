using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketing.Local.Hosting;

/// <summary>What <see cref="FunctionHost"/> runs and how.</summary>
public sealed record FunctionHostOptions
{
    /// <summary>Every method with [Function] in it is hosted.</summary>
    public required Assembly Assembly { get; init; }

    /// <summary>The whole configuration, keyed as in the environment: <c>Marketing__SendRate</c> is <c>Marketing:SendRate</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Registers what the functions' constructors ask for, as Program.cs does in the deployed app.</summary>
    public Action<IServiceCollection, IConfiguration> ConfigureServices { get; init; } = (_, _) => { };

    /// <summary>The port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    public bool RunTimers { get; init; } = true;

    /// <summary>Replaces the default: warnings and worse on the console.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }
}
