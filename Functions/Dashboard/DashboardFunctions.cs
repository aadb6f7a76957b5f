using Marketing.Core;
using Marketing.Core.Data;
using Marketing.Functions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Dashboard;

public sealed class DashboardFunctions(MarketingOptions options, ILogger<DashboardFunctions> logger)
{
    private const string Root = "dashboard";

    // All of it is ours and from here. Trusted types refuse HTML made of strings, whoever wrote the strings.
    private static readonly EmbeddedPage Page = new(
        typeof(DashboardFunctions).Assembly, Root,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'");

    /// <summary>The dashboard and its files. They are public; what they show comes from the API, with the visitor's own token.</summary>
    [Function(nameof(GetDashboard))]
    public Task<IResult> GetDashboard(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{Root}/{{*path}}")] HttpRequest request) =>
        ProblemResults.GuardAsync(request, logger, () =>
        {
            var path = request.Path.Value!;
            path = path[(path.IndexOf(Root, StringComparison.OrdinalIgnoreCase) + Root.Length)..].TrimStart('/');
            if (path == "sign-in.json")
                return Task.FromResult(Results.Json(new SignInWays(options.EntraRoles.Count > 0), Json.Options));
            return Task.FromResult(Page.Find(request, path) ?? throw new NotFoundException("The dashboard has no such file."));
        });

    // What the sign-in form has to offer besides a token.
    private sealed record SignInWays(bool Microsoft);
}
