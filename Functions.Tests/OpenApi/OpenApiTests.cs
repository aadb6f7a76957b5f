using Marketing.Functions.Tests.Fixtures;

namespace Marketing.Functions.Tests.OpenApi;

/// <summary>docs/openapi.yaml is written by hand, so this is what keeps it complete; <see cref="OpenApiHandler"/> keeps it right.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public void Operations_OfTheDocument_AreTheHttpFunctions()
    {
        var documented = OpenApiDocument.Instance.Operations.ToList();
        var functions = Functions().ToList();

        Assert.NotEmpty(documented);
        Assert.Empty(functions.Except(documented)); // not documented
        Assert.Empty(documented.Except(functions)); // no longer there, or misspelled
    }

    [Theory]
    [InlineData(200, "application/json", """{"status":"ok"}""", null)]
    [InlineData(200, "application/json", "{}", "status")]
    [InlineData(200, "application/json", """{"status":"fine"}""", "status")]
    [InlineData(200, "application/json", """{"status":"ok","more":1}""", "more")]
    [InlineData(200, "text/plain", "hello", "media type")]
    [InlineData(418, "application/json", "{}", "the status is not documented")]
    public async Task FaultOf_AnAnswer_IsWhatTheDocumentDoesNotSay(int status, string mediaType, string body, string? expected)
    {
        var fault = await OpenApiDocument.Instance.FaultOfAsync("GET", "/api/health", status, mediaType, body);

        if (expected is null)
            Assert.Null(fault);
        else
            Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    // "POST /api/v1/conversions". A trigger without methods takes every one, which no document can list.
    private static IEnumerable<string> Functions() => HttpFunction.All.Select(function => $"{function.Method} /api/{function.Route}");
}
