using Dapper;
using Npgsql;
using Telegram.Bot.Types;

namespace Marketing.Core.Telegram;

/// <param name="IsKnown">False for somebody who is not in users.</param>
internal sealed record TakenChoice(bool IsFirst, bool IsOpen, bool IsKnown) : TakenUpdate(IsFirst, IsOpen);

/// <param name="Id">The person.</param>
/// <param name="Stands">False when they have chosen otherwise since.</param>
internal sealed record Choice(Guid Id, bool Stands);

/// <summary>What people in private chats do to their own row of users.</summary>
public sealed class PeopleRepository(NpgsqlDataSource database, UpdateRepository updates, TimeProvider clock)
{
    /// <summary>
    /// A CTE that moves last_seen_at, once a minute at most, so that a burst of presses is one write. A row that an import
    /// holds is left as it is rather than waited for.
    /// </summary>
    /// <param name="counts">SQL: whether this was the person's doing.</param>
    internal static string Seen(string counts) => $"""
        seen AS (
            UPDATE users SET last_seen_at = @now
            WHERE {counts} AND id = (
                SELECT id FROM users
                WHERE telegram_user_id = @telegramUserId AND (last_seen_at IS NULL OR last_seen_at < @now - interval '1 minute')
                FOR NO KEY UPDATE SKIP LOCKED))
        """;

    // A command may be an admin's or a person's, and whatever a linked admin writes may answer a question of the bot's. What
    // others write needs no answer, so this is its only statement.
    private static readonly string MessageSql = $"""
        WITH {UpdateRepository.Taking("NOT @isCommand AND NOT EXISTS (SELECT FROM admin_tokens WHERE telegram_user_id = @telegramUserId)")},
        {Seen("EXISTS (SELECT FROM taken)")}
        SELECT is_first, is_open FROM taken
        """;

    public async Task<UpdateTake> TakeMessageAsync(int updateId, long telegramUserId, bool isCommand, CancellationToken ct) =>
        (await updates.TakeAsync<TakenUpdate>(MessageSql, updateId, new { telegramUserId, isCommand }, ct))?.Take
            ?? await updates.NotTakenAsync(updateId, ct);

    // Both have the moment of the update, so an older one changes nothing that a newer one did, and the same one again nothing.
    private const string NewChoice = "COALESCE(u.choice_at <= @moment, true)";
    private const string NewMembership = "COALESCE(u.membership_at <= @moment, true)";

    private const string Names = """
        first_name = COALESCE(EXCLUDED.first_name, u.first_name), last_name = COALESCE(EXCLUDED.last_name, u.last_name),
        username = COALESCE(EXCLUDED.username, u.username), language = COALESCE(u.language, EXCLUDED.language),
        last_seen_at = greatest(u.last_seen_at, @now), updated_at = @now
        """;

    private const string StartSql = $"""
        INSERT INTO users AS u (id, telegram_user_id, chat_id, first_name, last_name, username, language, source,
            last_seen_at, choice_at, membership_at, created_at, updated_at)
        VALUES (@id, @telegramUserId, @telegramUserId, @FirstName, @LastName, @Username, @LanguageCode, @source,
            @now, @moment, @moment, @now, @now)
        ON CONFLICT (telegram_user_id) DO UPDATE SET {Names},
            opted_out_at = CASE WHEN {NewChoice} THEN NULL ELSE u.opted_out_at END,
            choice_at = greatest(u.choice_at, @moment),
            suppressed_at = CASE WHEN {NewMembership} THEN NULL ELSE u.suppressed_at END,
            suppression_reason = CASE WHEN {NewMembership} THEN NULL ELSE u.suppression_reason END,
            membership_at = greatest(u.membership_at, @moment)
        RETURNING id, opted_out_at IS NULL AS stands
        """;

    /// <summary>Registers the person, or brings them back, unless they have opted out since.</summary>
    /// <param name="source">Kept for a new person only.</param>
    internal Task<Choice> StartAsync(Message message, int updateId, string? source, CancellationToken ct) =>
        ChooseAsync(StartSql, message, updateId, source, ct);

    // Of somebody unknown too: an import that brings them later must not make them reachable.
    private const string StopSql = $"""
        INSERT INTO users AS u (id, telegram_user_id, chat_id, first_name, last_name, username, language,
            last_seen_at, opted_out_at, choice_at, created_at, updated_at)
        VALUES (@id, @telegramUserId, @telegramUserId, @FirstName, @LastName, @Username, @LanguageCode, @now, @now, @moment, @now, @now)
        ON CONFLICT (telegram_user_id) DO UPDATE SET {Names},
            opted_out_at = CASE WHEN {NewChoice} THEN COALESCE(u.opted_out_at, @now) ELSE u.opted_out_at END,
            choice_at = greatest(u.choice_at, @moment)
        RETURNING id, opted_out_at IS NOT NULL AS stands
        """;

    /// <summary>Opts the person out, unless they have come back since.</summary>
    internal Task<Choice> StopAsync(Message message, int updateId, CancellationToken ct) => ChooseAsync(StopSql, message, updateId, null, ct);

    private async Task<Choice> ChooseAsync(string sql, Message message, int updateId, string? source, CancellationToken ct)
    {
        var person = message.From!;
        var now = clock.GetUtcNow();
        await using var db = await database.OpenConnectionAsync(ct);
        return await db.QuerySingleAsync<Choice>(new CommandDefinition(sql, new
        {
            id = Guid.CreateVersion7(now), telegramUserId = person.Id, person.FirstName, person.LastName, person.Username,
            person.LanguageCode, source, now, moment = Moment(message.Date, updateId),
        }, cancellationToken: ct));
    }

    // A press has no date of its own, so it counts from when it comes, and its effect happens with the taking of the update.
    private static readonly string PressSql = $"""
        WITH {UpdateRepository.Taking("false")},
        chosen AS (
            UPDATE users SET opted_out_at = CASE WHEN @optsOut THEN COALESCE(opted_out_at, @now) END,
                choice_at = greatest(choice_at, @moment), last_seen_at = greatest(last_seen_at, @now), updated_at = @now
            WHERE telegram_user_id = @telegramUserId AND @optsOut IS NOT NULL AND EXISTS (SELECT FROM taken WHERE is_first)),
        {Seen("@optsOut IS NULL AND EXISTS (SELECT FROM taken)")}
        SELECT is_first, is_open, EXISTS (SELECT FROM users WHERE telegram_user_id = @telegramUserId) AS is_known FROM taken
        """;

    /// <param name="optsOut">Null to leave it as it is.</param>
    internal Task<TakenChoice?> TakePressAsync(int updateId, long telegramUserId, bool? optsOut, CancellationToken ct) =>
        updates.TakeAsync<TakenChoice>(
            PressSql, updateId, new { telegramUserId, optsOut, moment = Moment(clock.GetUtcNow().UtcDateTime, updateId) }, ct);

    private static readonly string MembershipSql = $"""
        WITH {UpdateRepository.Taking("true")},
        changed AS (
            UPDATE users u SET membership_at = @moment, updated_at = @now,
                suppressed_at = CASE WHEN @reason IS NOT NULL THEN COALESCE(u.suppressed_at, @now) END,
                suppression_reason = CASE WHEN @reason IS NOT NULL THEN COALESCE(u.suppression_reason, @reason) END
            WHERE telegram_user_id = @telegramUserId AND {NewMembership} AND EXISTS (SELECT FROM taken))
        SELECT is_first, is_open FROM taken
        """;

    /// <summary>Suppresses the person, or lifts it.</summary>
    /// <param name="reason">Why the bot cannot write to them; null when it can.</param>
    public async Task<UpdateTake> TakeMembershipAsync(int updateId, long telegramUserId, DateTime date, string? reason, CancellationToken ct) =>
        (await updates.TakeAsync<TakenUpdate>(MembershipSql, updateId, new { telegramUserId, reason, moment = Moment(date, updateId) }, ct))?.Take
            ?? await updates.NotTakenAsync(updateId, ct);

    // Telegram's dates are whole seconds. Which of two updates within one second came first is told by their numbers, in the
    // place of the microseconds that Postgres keeps.
    private static DateTimeOffset Moment(DateTime date, int updateId) =>
        new DateTimeOffset(date.Ticks - date.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero).AddMicroseconds(updateId % 1_000_000);
}
