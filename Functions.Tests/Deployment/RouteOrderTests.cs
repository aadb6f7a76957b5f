using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.Deployment;

/// <summary>
/// The Functions host tries routes by the alphabet of the functions' names and takes the first that fits
/// (github.com/Azure/azure-functions-host/issues/9876), while ASP.NET Core, and so the local host, takes the most specific one. So a
/// function on a literal path needs a name before that of one whose parameter fits the same path.
/// </summary>
public sealed class RouteOrderTests
{
    [Fact]
    public void Functions_OnPathsThatAnotherFits_HaveTheEarlierName()
    {
        var overlapping = (from specific in HttpFunction.All
                           from general in HttpFunction.All
                           where specific != general && specific.Method == general.Method && Fits(specific.Route, general.Route)
                           select (specific, general)).ToList();

        Assert.Contains(overlapping, pair => pair is { specific.Name: "GetAnalytics", general.Name: "GetBroadcast" });
        Assert.Empty(overlapping
            .Where(pair => string.Compare(pair.specific.Name, pair.general.Name, StringComparison.OrdinalIgnoreCase) > 0)
            .Select(pair => $"{pair.general} would be called for {pair.specific.Route}; rename {pair.specific.Name} to come first"));
    }

    // Literal against a parameter, or the same literal; a parameter of the specific one fits only a parameter.
    private static bool Fits(string specific, string general)
    {
        var (left, right) = (specific.Split('/'), general.Split('/'));
        return left.Length == right.Length && left.Zip(right).All(pair => IsParameter(pair.Second) || pair.First == pair.Second);
    }

    private static bool IsParameter(string segment) => segment.StartsWith('{');
}
