using Dapper;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Access;

/// <summary>What callers see and set of themselves.</summary>
public sealed class Profiles(NpgsqlDataSource source, MarketingOptions options)
{
    private const string GetSql = """
        SELECT time_zone, telegram_user_id IS NOT NULL AS telegram_linked, expires_at FROM admin_tokens WHERE id = @id
        """;

    public async Task<Profile> GetAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var row = await db.QuerySingleAsync<Row>(new CommandDefinition(GetSql, new { caller.Id }, cancellationToken: ct));
        return new Profile(
            caller.Id, caller.Name, caller.Role, Permissions.Of(caller.Role), row.TimeZone, row.TelegramLinked, row.ExpiresAt, options.FourEyesOver);
    }

    private sealed record Row(string TimeZone, bool TelegramLinked, DateTimeOffset? ExpiresAt);

    private const string SetTimeZoneSql = "UPDATE admin_tokens SET time_zone = @timeZone WHERE id = @id";

    public async Task<Profile> ChangeAsync(Caller caller, ProfileChanges changes, CancellationToken ct)
    {
        if (changes.TimeZone is { } timeZone)
        {
            if (!TimeZones.Has(timeZone))
                throw new InvalidException("/time_zone", TimeZones.Expected);
            await using var db = await source.OpenConnectionAsync(ct);
            await db.ExecuteAsync(new CommandDefinition(SetTimeZoneSql, new { caller.Id, timeZone }, cancellationToken: ct));
        }

        return await GetAsync(caller, ct);
    }
}
