using System.Text.Json;
using Marketing.Core.Data;

namespace Marketing.Core.Audience;

/// <summary>What operators do with one person of the audience.</summary>
public sealed class UserService(UserRepository users, PersonalData personal)
{
    public async Task<Page<AudienceUser>> ListAsync(UserFilter filter, int limit, string? cursor, CancellationToken ct)
    {
        var before = cursor is null ? (Guid?)null
            : ShortId.Decode(cursor) ?? throw new InvalidException("/cursor", "is not a cursor of this list");
        var found = await users.SearchAsync(filter, before, limit + 1, ct);
        return new Page<AudienceUser>([.. found.Take(limit)], found.Count > limit ? ShortId.Encode(found[limit - 1].Id) : null);
    }

    public async Task<AudienceUser> GetAsync(UserKey key, CancellationToken ct) => await users.FindAsync(key, ct) ?? throw NotFound(key);

    public async Task<AudienceUser> ChangeAsync(UserKey key, JsonElement patch, CancellationToken ct) =>
        await users.ChangeAsync(key, user => UserPatch.Apply(user, patch), ct) ? await GetAsync(key, ct) : throw NotFound(key);

    public async Task<AudienceUser> SetOptedOutAsync(UserKey key, bool optedOut, CancellationToken ct) =>
        await users.SetOptedOutAsync(key, optedOut, ct) ? await GetAsync(key, ct) : throw NotFound(key);

    public async Task<PersonalRecord> ExportAsync(UserKey key, CancellationToken ct) => await personal.ExportAsync(key, ct) ?? throw NotFound(key);

    public async Task EraseAsync(UserKey key, CancellationToken ct)
    {
        if (!await personal.EraseAsync(key, ct))
            throw NotFound(key);
    }

    private static NotFoundException NotFound(UserKey key) => new($"There is nobody with the id {key} in the audience.");
}
