using System.Text.Json;

namespace Marketing.Core.Access;

/// <summary>
/// Somebody whom App Service authentication signed in with Microsoft Entra, as it says in the header X-MS-CLIENT-PRINCIPAL:
/// base64 of <c>{"auth_typ", "claims": [{"typ", "val"}], "name_typ", "role_typ"}</c>
/// (learn.microsoft.com/azure/app-service/configure-authentication-user-identities).
/// </summary>
/// <param name="Id">tenant/object, which stays when a name or an address changes.</param>
/// <param name="Roles">App roles, as the app's registration names them.</param>
public sealed record ClientPrincipal(string Id, string Name, IReadOnlyList<string> Roles)
{
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    private const string EntraProvider = "aad";
    private const int MaxName = 100;

    // App Service gives some claims the long names of the default claims mapping; a token of version 2 has the short ones.
    private static readonly string[] ObjectClaims = ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"];
    private static readonly string[] TenantClaims = ["http://schemas.microsoft.com/identity/claims/tenantid", "tid"];
    private static readonly string[] RoleClaims = ["roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"];
    private static readonly string[] NameClaims = ["name", "preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"];

    /// <summary>Null when it is not such a header, or not of Microsoft Entra.</summary>
    public static ClientPrincipal? Read(string header)
    {
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header, bytes, out var length))
            return null;
        try
        {
            var payload = JsonSerializer.Deserialize<Payload>(bytes.AsSpan(0, length));
            return payload?.auth_typ == EntraProvider && payload.claims?.Contains(null) == false ? Of(payload) : null;
        }
        catch (JsonException)
        {
            return null; // the caller refuses it, as everything that App Service does not send
        }
    }

    private static ClientPrincipal? Of(Payload payload)
    {
        var tenant = First(payload, TenantClaims);
        var person = First(payload, ObjectClaims);
        if (!Guid.TryParse(tenant, out var tenantId) || !Guid.TryParse(person, out var personId))
            return null;
        // A program that signed in with its own secret has no name.
        var name = First(payload, [payload.name_typ ?? "", .. NameClaims]) ?? personId.ToString();
        var roles = payload.claims!.Where(claim => claim!.val is not null && (claim.typ == payload.role_typ || RoleClaims.Contains(claim.typ)));
        return new ClientPrincipal($"{tenantId}/{personId}", name[..Math.Min(name.Length, MaxName)], [.. roles.Select(claim => claim!.val!)]);
    }

    private static string? First(Payload payload, IReadOnlyList<string> types) =>
        types.Select(type => payload.claims!.FirstOrDefault(claim => claim!.typ == type)?.val).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));

#pragma warning disable IDE1006 // the names are App Service's
    private sealed record Payload(string? auth_typ, IReadOnlyList<Claim?>? claims, string? name_typ, string? role_typ);

    private sealed record Claim(string? typ, string? val);
#pragma warning restore IDE1006
}
