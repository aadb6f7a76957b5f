using Marketing.Core;
using Marketing.Core.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketing.Functions.Admin;

/// <summary>Finds out who sent a request: by a token, or by App Service authentication where the settings accept it.</summary>
public sealed class SignIn(TokenRepository tokens, Principals principals, SignInAttempts attempts, ILogger<SignIn> logger)
{
    /// <exception cref="UnauthenticatedException">Nobody that is known.</exception>
    /// <exception cref="TooManyAttemptsException">Too many failures from the request's address.</exception>
    public async Task<Caller> CallerAsync(HttpRequest request, CancellationToken ct)
    {
        var address = request.HttpContext.Connection.RemoteIpAddress;
        attempts.Check(address);
        var token = Bearer(request);
        if (token is not null && await tokens.FindAsync(token, ct) is { } caller)
            return caller;
        // A program that signs in with Entra sends its Entra token as the bearer; App Service has checked it and says who it is.
        if (principals.AreAccepted && request.Headers[ClientPrincipal.Header] is [{ } header] && ClientPrincipal.Read(header) is { } principal)
            return await FromPrincipalAsync(request, principal, ct);
        if (token is not null)
        {
            attempts.Failed(address);
            Log.SignInFailed(logger, "unknown, expired or revoked token");
        }

        throw new UnauthenticatedException("Send a valid token in the header Authorization: Bearer <token>.");
    }

    // A browser that is signed in sends its cookie from any site's page; App Service looks at the origin, and so does this.
    private async Task<Caller> FromPrincipalAsync(HttpRequest request, ClientPrincipal principal, CancellationToken ct) =>
        request.Headers["Sec-Fetch-Site"] is ["cross-site"]
            ? throw new ForbiddenException("Another site's page may not use your sign-in.") : await principals.SignInAsync(principal, ct);

    private static string? Bearer(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header[Scheme.Length..].Trim() is { Length: > 0 } token ? token : null;
    }
}
