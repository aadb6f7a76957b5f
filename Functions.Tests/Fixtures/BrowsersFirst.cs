using Marketing.Functions.Tests.Browser;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Marketing.Functions.Tests.Fixtures.BrowsersFirst", "Marketing.Functions.Tests")]

namespace Marketing.Functions.Tests.Fixtures;

/// <summary>
/// The classes that share a browser run one after the other, for some 4 minutes: started last they would run on alone at the end.
/// </summary>
public sealed class BrowsersFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(c => c.DisplayName is BrowserCollection.Name or FormsCollection.Name);
}
