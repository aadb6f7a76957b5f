using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Marketing.Core.Data;

namespace Marketing.Core.Access;

/// <summary>Makes, changes and revokes tokens; never so that no owner is left.</summary>
public sealed class TokenService(TokenRepository tokens, TimeProvider clock)
{
    private const int MaxName = 100;

    // Secret scanners find a leaked token by it.
    private const string Prefix = "mkt_";
    private const int RandomBytes = 32;

    public async Task<AdminToken> CreateAsync(AdminTokenInput input, Caller caller, CancellationToken ct)
    {
        var problems = new Problems();
        problems.Text("/name", input.Name, MaxName);
        if (input.Role is null)
            problems.Add("/role", "is missing");
        CheckExpiry(problems, input.ExpiresAt);
        problems.ThrowIfAny();

        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var stored = await tokens.InsertAsync(token, input.Name!.Trim(), input.Role!.Value, input.ExpiresAt, caller.Id, ct);
        return stored with { Token = token };
    }

    public async Task<AdminToken> GetAsync(Guid id, CancellationToken ct) => await tokens.GetAsync(id, ct) ?? throw NotFound(id);

    /// <param name="cursor">A page's next_cursor.</param>
    public async Task<Page<AdminToken>> ListAsync(int limit, string? cursor, CancellationToken ct)
    {
        Guid? before = cursor is null ? null : ShortId.Decode(cursor) ?? throw new InvalidException("/cursor", "is not a cursor of this list");
        var found = await tokens.ListAsync(before, limit + 1, ct);
        return new Page<AdminToken>([.. found.Take(limit)], found.Count > limit ? ShortId.Encode(found[limit - 1].Id) : null);
    }

    public async Task<AdminToken> ChangeAsync(Guid id, AdminTokenChanges changes, CancellationToken ct)
    {
        var problems = new Problems();
        if (changes.Name is not null)
            problems.Text("/name", changes.Name, MaxName);
        var expiresAt = ReadExpiry(problems, changes.ExpiresAt);
        CheckExpiry(problems, expiresAt);
        problems.ThrowIfAny();

        return await tokens.ChangeAsync(id, (token, isOnlyOwner) =>
        {
            if (token.PrincipalId is not null)
                throw new ConflictException("The name and the role of somebody signed in with Entra come from there; only revoking is done here.");
            if (token.RevokedAt is not null)
                throw new ConflictException("The token is revoked; make another.");
            var changed = token with
            {
                Name = changes.Name?.Trim() ?? token.Name,
                Role = changes.Role ?? token.Role,
                ExpiresAt = changes.ExpiresAt.ValueKind == JsonValueKind.Undefined ? token.ExpiresAt : expiresAt,
            };
            if (isOnlyOwner && (changed.Role != Role.Owner || changed.ExpiresAt is not null && changed.ExpiresAt != token.ExpiresAt))
                throw LastOwner();
            return changed;
        }, ct) ?? throw NotFound(id);
    }

    /// <summary>Refuses the token from now on; one that is revoked already stays as it is.</summary>
    public async Task RevokeAsync(Guid id, CancellationToken ct) =>
        _ = await tokens.ChangeAsync(id, (token, isOnlyOwner) =>
            isOnlyOwner ? throw LastOwner() : token with { RevokedAt = token.RevokedAt ?? clock.GetUtcNow() }, ct) ?? throw NotFound(id);

    private static DateTimeOffset? ReadExpiry(Problems problems, JsonElement given)
    {
        if (given.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return null;
        if (given.ValueKind == JsonValueKind.String && UtcTime.TryParse(given.GetString(), out var time))
            return time;
        problems.Add("/expires_at", UtcTime.Expected);
        return null;
    }

    private void CheckExpiry(Problems problems, DateTimeOffset? expiresAt)
    {
        if (expiresAt <= clock.GetUtcNow())
            problems.Add("/expires_at", $"{expiresAt:u} is in the past; revoke a token that is to end now");
    }

    private static ConflictException LastOwner() =>
        new("This is the last valid owner. Make another owner's token first, or nobody could manage access any more.");

    private static NotFoundException NotFound(Guid id) => new($"There is no token {id}.");
}
