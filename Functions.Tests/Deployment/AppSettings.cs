using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Deployment;

/// <summary>The settings as the code reads them and as the deployment files set them, by the names of environment variables.</summary>
internal static partial class AppSettings
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Settings of the Functions host and of Azure, which our code never asks for, and who reads each.</summary>
    public static readonly IReadOnlyDictionary<string, string> OwnedByTheHost = new Dictionary<string, string>
    {
        ["AzureWebJobsStorage"] = "the host's and Durable's storage, as a connection string; locally Azurite",
        ["AzureWebJobsStorage__accountName"] = "the same by identity: which account",
        ["AzureWebJobsStorage__credential"] = "the same by identity: that it is a managed one",
        ["AzureWebJobsStorage__clientId"] = "the same by identity: which one",
        ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = "where the host and the exporter send telemetry",
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"] = "with which identity they do; the component takes no keys",
        ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "the host takes the address of X-Forwarded-For for the sender's and hands that on; without it, its own peer's",
        ["AzureWebJobsDisableHomepage"] = "no welcome page of Azure at /",
        ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "the host's limit of a request's body, in bytes; 100 MB without it",
        ["FUNCTIONS_WORKER_RUNTIME"] = "Core Tools locally; Flex Consumption has it in functionAppConfig and refuses it as a setting",
    };

    /// <summary>What the code asks its configuration or the environment for.</summary>
    public static IReadOnlySet<string> ReadByTheCode()
    {
        var reads = new SortedSet<string>(StringComparer.Ordinal);
        var configuration = new RecordingConfiguration(
            new ConfigurationBuilder().AddInMemoryCollection(TestOptions.Good).Build(), reads);
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddMarketingFunctions(configuration);
        using (var provider = services.BuildServiceProvider())
        {
            // Made, not run: a constructor may read a setting too.
            foreach (var type in services.Select(s => s.ServiceType).Where(IsOurs).Distinct())
                provider.GetRequiredService(type);
        }

        reads.UnionWith(BindingExpressions());
        foreach (var source in Repository.Sources("Functions").Concat(Repository.Sources("Marketing.Core")))
            reads.UnionWith(EnvironmentVariable().Matches(source).Select(match => match.Groups["key"].Value));
        return reads;
    }

    /// <summary>The app settings that infra/ deploys, and the expression that gives each its value.</summary>
    public static IReadOnlyDictionary<string, string> OfBicep() =>
        SettingsBlock().Match(Repository.Read("infra", "modules", "app.bicep")) is { Success: true } block
            ? SettingLine().Matches(block.Groups["settings"].Value).ToDictionary(m => m.Groups["key"].Value, m => m.Groups["value"].Value)
            : throw new InvalidOperationException("infra/modules/app.bicep has no resource of the app settings.");

    /// <summary>The values that infra/main.bicep's parameters have when nobody gives them.</summary>
    public static IReadOnlyDictionary<string, string> DefaultsOfBicep() =>
        Parameter().Matches(Repository.Read("infra", "main.bicep"))
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value.Trim('\''));

    public static IReadOnlyDictionary<string, string> OfTheSample()
    {
        using var sample = JsonDocument.Parse(Repository.Read("local.settings.sample.json"), Lenient);
        return sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
    }

    /// <summary>The values of host.json by their paths, such as extensions.durableTask.hubName.</summary>
    public static IReadOnlyDictionary<string, string> OfHostJson()
    {
        using var host = JsonDocument.Parse(Repository.Read("host.json"), Lenient);
        return Leaves(host.RootElement, "").ToDictionary(leaf => leaf.Path, leaf => leaf.Value);
    }

    private static bool IsOurs(Type type) => !type.ContainsGenericParameters && type.Namespace?.StartsWith("Marketing.", StringComparison.Ordinal) == true;

    // "%Name%" in a trigger: the host looks it up in the settings.
    private static IEnumerable<string> BindingExpressions() =>
        from type in typeof(FunctionServices).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        from parameter in method.GetParameters()
        let text = parameter.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule ?? parameter.GetCustomAttribute<HttpTriggerAttribute>()?.Route
        where text is not null
        from match in Percent().Matches(text)
        select match.Groups["key"].Value;

    private static IEnumerable<(string Path, string Value)> Leaves(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}"))
            : [(path, element.ToString())];

    [GeneratedRegex("""GetEnvironmentVariable\(\s*"(?<key>[^"]+)""")]
    private static partial Regex EnvironmentVariable();

    [GeneratedRegex(@"name: 'appsettings'\s+properties: \{\n(?<settings>.*?)\n  \}", RegexOptions.Singleline)]
    private static partial Regex SettingsBlock();

    [GeneratedRegex(@"^    (?<key>\w+): (?<value>.+)$", RegexOptions.Multiline)]
    private static partial Regex SettingLine();

    [GeneratedRegex(@"^param (?<name>\w+) (string|int|bool) = (?<value>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();

    [GeneratedRegex("%(?<key>[^%]+)%")]
    private static partial Regex Percent();
}
