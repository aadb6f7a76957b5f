using Marketing.Functions.Tests.Deployment;
using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.OpenApi;

public sealed class OpenApiFunctionsTests(MarketingApp app) : IClassFixture<MarketingApp>
{
    [Fact]
    public async Task GetOpenApi_WithoutAToken_IsTheDocument()
    {
        app.Api.DefaultRequestHeaders.Authorization = null;

        Assert.Equal(Repository.Read("docs", "openapi.yaml"), await app.Api.GetStringAsync("openapi.yaml"));
    }
}
