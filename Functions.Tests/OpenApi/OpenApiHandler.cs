namespace Marketing.Functions.Tests.OpenApi;

/// <summary>Holds every answer of the API that a test gets against docs/openapi.yaml.</summary>
internal sealed class OpenApiHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var fault = await OpenApiDocument.Instance.FaultOfAsync(
            request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(cancellationToken));
        return fault is null ? response : throw new InvalidOperationException(
            $"docs/openapi.yaml: {request.Method} {request.RequestUri.AbsolutePath} answered {(int)response.StatusCode}: {fault}\n"
            + await response.Content.ReadAsStringAsync(cancellationToken));
    }
}
