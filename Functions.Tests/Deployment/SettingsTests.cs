using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Marketing.Core.Delivery;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Tests.Deployment;

/// <summary>A setting that only the code knows stops a deployment at its start; these tests stop it before.</summary>
public sealed partial class SettingsTests
{
    // What host.json sets, and why: a name that the host does not know is ignored without a word.
    private static readonly string[] KnownToTheHost =
    [
        "version", "functionTimeout", "telemetryMode",
        "extensions.http.routePrefix", // the webhook's and the redirect links' addresses begin with it
        "extensions.durableTask.hubName", "extensions.durableTask.maxConcurrentActivityFunctions",
        "extensions.durableTask.maxConcurrentOrchestratorFunctions",
        "extensions.durableTask.tracing.distributedTracingEnabled", "extensions.durableTask.tracing.version", // one trace from HTTP to Telegram
        "extensions.durableTask.storageProvider.type", "extensions.durableTask.storageProvider.partitionCount",
        "extensions.durableTask.storageProvider.maxQueuePollingInterval", // a send starts within it; 30 s without it
        // what a killed host was sending goes on after it; 5 min without it. Renewed every 30 s while it is at work
        "extensions.durableTask.storageProvider.workItemQueueVisibilityTimeout",
        "extensions.durableTask.storageProvider.controlQueueVisibilityTimeout",
    ];

    [Fact]
    public void Settings_ThatTheCodeReads_AreSetInBicepAndInTheSampleAndListedInTheReadme()
    {
        var readme = Repository.Read("README.md");
        var reads = AppSettings.ReadByTheCode();

        Assert.Contains("Marketing__SendRate", reads);
        Assert.Empty(reads.Except(AppSettings.OfBicep().Keys)); // missing in infra/modules/app.bicep
        Assert.Empty(reads.Except(AppSettings.OfTheSample().Keys)); // missing in local.settings.sample.json
        Assert.All(reads, key => Assert.Contains($"`{key}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Settings_ThatAreSet_AreReadByTheCodeOrOwnedByTheHost()
    {
        var known = AppSettings.ReadByTheCode().Concat(AppSettings.OwnedByTheHost.Keys).ToList();
        var bicep = AppSettings.OfBicep().Keys;
        var sample = AppSettings.OfTheSample().Keys;

        Assert.Empty(bicep.Except(known)); // nobody reads what infra/modules/app.bicep sets
        Assert.Empty(sample.Except(known)); // nobody reads what local.settings.sample.json sets
        Assert.Empty(AppSettings.OwnedByTheHost.Keys.Except(bicep).Except(sample)); // listed, but set nowhere
    }

    [Fact]
    public void Settings_ThatAreSecret_ComeFromTheVault()
    {
        var inTheOpen = AppSettings.OfBicep().Where(s => Secret().IsMatch(s.Key) && !s.Value.StartsWith("'@Microsoft.KeyVault(", StringComparison.Ordinal));

        Assert.Empty(inTheOpen);
        Assert.Equal(5, AppSettings.OfBicep().Keys.Count(key => Secret().IsMatch(key)));
    }

    [Fact]
    public void Settings_WithDefaults_HaveTheSameInBicepAndInTheSample()
    {
        var sample = AppSettings.OfTheSample();
        var defaults = AppSettings.DefaultsOfBicep();
        var differing = from setting in AppSettings.OfBicep()
                        let parameter = ParameterOf().Match(setting.Value).Groups["name"].Value
                        where sample.ContainsKey(setting.Key) && defaults.ContainsKey(parameter)
                            && !string.Equals(sample[setting.Key], defaults[parameter], StringComparison.Ordinal)
                        select $"{setting.Key}: {defaults[parameter]} in main.bicep, {sample[setting.Key]} in the sample";

        Assert.Empty(differing);
    }

    [Fact]
    public void HostJson_Everything_IsKnownToTheHost() =>
        Assert.Empty(AppSettings.OfHostJson().Keys.Where(path => !path.StartsWith("logging.logLevel.", StringComparison.Ordinal)).Except(KnownToTheHost));

    [Fact]
    public void HostJson_Values_FitWhatTheCodeCountsOn()
    {
        var host = AppSettings.OfHostJson();

        Assert.Equal("api", host["extensions.http.routePrefix"]); // CtaKeyboard makes links to /api/c/
        // A batch ends by itself before the host ends the whole worker, with room for the claims that it still finishes.
        Assert.True(TimeSpan.Parse(host["functionTimeout"], CultureInfo.InvariantCulture) >= DeliveryOptions.BatchTimeLimit + DeliveryOptions.Lease);
        Assert.True(int.Parse(host["extensions.durableTask.maxConcurrentActivityFunctions"], CultureInfo.InvariantCulture) >= DeliveryOptions.BatchesAtOnce);
        // Without these there are no requests in Application Insights, and the alert app-silent would always be on.
        Assert.Equal("Information", host["logging.logLevel.Host.Results"]);
    }

    // The host logs two lines for each run, which are 100,000 a day for those that run every few seconds.
    [Fact]
    public void HostJson_TimersOfSeconds_LogNoLinesForEachRun()
    {
        var levels = AppSettings.OfHostJson();

        var frequent = Functions().Where(f => f.GetParameters().Any(p => p.GetCustomAttribute<TimerTriggerAttribute>()?.Schedule.StartsWith('*') == true))
            .Select(f => levels.GetValueOrDefault($"logging.logLevel.Function.{f.Name}")).ToList();

        Assert.NotEmpty(frequent);
        Assert.All(frequent, level => Assert.Equal("Warning", level));
    }

    [Fact]
    public void Alerts_ThatNameAFunction_NameOneThatIsThere()
    {
        var functions = Functions().Select(method => method.GetCustomAttribute<FunctionAttribute>()!.Name);

        var named = RequestName().Matches(Repository.Read("infra", "modules", "alerts.bicep")).Select(m => m.Groups["name"].Value);

        Assert.Subset(functions.ToHashSet(), named.ToHashSet());
    }

    private static IEnumerable<MethodInfo> Functions() => typeof(FunctionServices).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods()).Where(method => method.IsDefined(typeof(FunctionAttribute)));

    [GeneratedRegex("AppRequests \\| where Name == \"(?<name>\\w+)\"")]
    private static partial Regex RequestName();

    [GeneratedRegex("^ConnectionStrings__|(Token|Secret|Key|Password)$")]
    private static partial Regex Secret();

    [GeneratedRegex(@"^(string\()?(?<name>\w+)\)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex ParameterOf();
}
