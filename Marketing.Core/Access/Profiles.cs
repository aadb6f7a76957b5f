using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace Marketing.Core.Access;

/// <summary>What callers see and set of themselves.</summary>
public sealed partial class Profiles(NpgsqlDataSource source)
{
    private const string GetSql = """
        SELECT time_zone, telegram_user_id IS NOT NULL AS telegram_linked, expires_at FROM admin_tokens WHERE id = @id
        """;

    public async Task<Profile> GetAsync(Caller caller, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        var row = await db.QuerySingleAsync<Row>(new CommandDefinition(GetSql, new { caller.Id }, cancellationToken: ct));
        return new Profile(
            caller.Id, caller.Name, caller.Role, Permissions.Of(caller.Role), row.TimeZone, row.TelegramLinked, row.ExpiresAt);
    }

    private sealed record Row(string TimeZone, bool TelegramLinked, DateTimeOffset? ExpiresAt);

    private const string SetTimeZoneSql = "UPDATE admin_tokens SET time_zone = @timeZone WHERE id = @id";

    public async Task<Profile> ChangeAsync(Caller caller, ProfileChanges changes, CancellationToken ct)
    {
        if (changes.TimeZone is { } timeZone)
        {
            if (!IsTimeZone(timeZone))
                throw new InvalidException("/time_zone", "is not a time zone of the IANA database, such as Europe/Berlin");
            await using var db = await source.OpenConnectionAsync(ct);
            await db.ExecuteAsync(new CommandDefinition(SetTimeZoneSql, new { caller.Id, timeZone }, cancellationToken: ct));
        }

        return await GetAsync(caller, ct);
    }

    // The form first: on Linux a name is looked up as a file. Windows' own names, which .NET takes too, have blanks.
    private static bool IsTimeZone(string name) =>
        IanaName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId;

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,32}){0,2}\z", RegexOptions.ExplicitCapture)]
    private static partial Regex IanaName();
}
