using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;

namespace Marketing.Functions.Tests;

/// <summary>docs/openapi.yaml is written by hand, so this is what keeps it complete.</summary>
public sealed partial class OpenApiTests
{
    [Fact]
    public void Operations_OfTheDocument_AreTheHttpFunctions()
    {
        var documented = Documented().ToList();
        var functions = Functions().ToList();

        Assert.NotEmpty(documented);
        Assert.Empty(functions.Except(documented)); // not documented
        Assert.Empty(documented.Except(functions)); // no longer there, or misspelled
        Assert.Equal(documented.Count, documented.Distinct().Count());
    }

    // "POST /api/v1/conversions". A trigger without methods takes every one, which no document can list.
    private static IEnumerable<string> Functions() =>
        from type in typeof(FunctionServices).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger is not null
        from verb in trigger.Methods ?? ["ANY"]
        select $"{verb.ToUpperInvariant()} /api/{trigger.Route}";

    // Of YAML only this much is understood: paths two spaces deep, their methods four.
    private static IEnumerable<string> Documented()
    {
        var path = "";
        var lines = File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "openapi.yaml"))
            .SkipWhile(line => line != "paths:").Skip(1).TakeWhile(line => line is "" or [' ', ..]);
        foreach (var line in lines)
        {
            if (PathLine().Match(line) is { Success: true } found)
                path = found.Groups["path"].Value;
            else if (MethodLine().Match(line) is { Success: true } method)
                yield return $"{method.Groups["method"].Value.ToUpperInvariant()} {path}";
        }
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Marketing.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"Marketing.sln is in no folder above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }

    [GeneratedRegex("^  (?<path>/[^:]*):$")]
    private static partial Regex PathLine();

    [GeneratedRegex("^    (?<method>get|put|post|delete|options|head|patch|trace):$")]
    private static partial Regex MethodLine();
}
