using System.Text.Json;
using Dapper;
using Marketing.Core.Data;
using Npgsql;

namespace Marketing.Core.Telegram.Conversations;

public sealed class ConversationRepository(NpgsqlDataSource source, TimeProvider clock)
{
    private const string Columns = "id, chat_id, admin_id, step, state, message_id, broadcast_id, version, updated_at";

    private const string EndOpenSql = $"""
        UPDATE conversations SET step = 11, version = version + 1, updated_at = @now WHERE chat_id = @chatId AND step <= 8
        RETURNING {Columns}
        """;

    // Of two that start at once one stands.
    private const string StartSql = $"""
        INSERT INTO conversations (id, chat_id, admin_id, step, state, updated_at) VALUES (@id, @chatId, @adminId, 0, '{"{}"}', @now)
        ON CONFLICT (chat_id) WHERE step <= 8 DO NOTHING
        RETURNING {Columns}
        """;

    /// <summary>Starts one and ends the chat's open one, if there is one. No new one when another was started at the same moment.</summary>
    public async Task<(Conversation? Started, Conversation? Ended)> StartAsync(long chatId, Guid adminId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var parameters = new { id = Guid.CreateVersion7(now), chatId, adminId, now };
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(ct);
        var ended = await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(EndOpenSql, parameters, transaction, cancellationToken: ct));
        var started = await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(StartSql, parameters, transaction, cancellationToken: ct));
        await transaction.CommitAsync(ct);
        return (started?.ToConversation(), ended?.ToConversation());
    }

    private const string GetSql = $"SELECT {Columns} FROM conversations WHERE id = @id";

    public async Task<Conversation?> GetAsync(Guid id, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(GetSql, new { id }, cancellationToken: ct)))?.ToConversation();
    }

    private const string OpenSql = $"SELECT {Columns} FROM conversations WHERE chat_id = @chatId AND step <= 8";

    /// <summary>The chat's open one.</summary>
    public async Task<Conversation?> OpenAsync(long chatId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(OpenSql, new { chatId }, cancellationToken: ct)))?.ToConversation();
    }

    private const string MoveSql = $"""
        UPDATE conversations SET step = @Step, state = @state::jsonb, broadcast_id = @BroadcastId, version = version + 1, updated_at = @now
        WHERE id = @Id AND version = @Version
        RETURNING {Columns}
        """;

    /// <summary>Stores the transition from <see cref="Conversation.Version"/>; null when another input was first, and then nothing changed.</summary>
    public async Task<Conversation?> MoveAsync(Conversation moved, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return (await db.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(MoveSql, new
        {
            moved.Id, moved.Step, moved.BroadcastId, moved.Version, state = JsonSerializer.Serialize(moved.Draft, Json.Options), now = clock.GetUtcNow(),
        }, cancellationToken: ct)))?.ToConversation();
    }

    private const string KeepMessageSql = "UPDATE conversations SET message_id = @messageId WHERE id = @id";

    public async Task KeepMessageAsync(Guid id, int messageId, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await db.ExecuteAsync(new CommandDefinition(KeepMessageSql, new { id, messageId }, cancellationToken: ct));
    }

    private const string PurgeSql = "DELETE FROM conversations WHERE updated_at < @before AND step <> 10";

    /// <summary>Deletes what was left before then, but for what still follows its broadcast; returns how many.</summary>
    public async Task<int> PurgeAsync(DateTimeOffset before, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        return await db.ExecuteAsync(new CommandDefinition(PurgeSql, new { before }, cancellationToken: ct));
    }

    private sealed record Row(
        Guid Id, long ChatId, Guid AdminId, ChatStep Step, string State, int? MessageId, Guid? BroadcastId, int Version, DateTimeOffset UpdatedAt)
    {
        public Conversation ToConversation() => new(
            Id, ChatId, AdminId, Step, JsonSerializer.Deserialize<Draft>(State, Json.Options)!, MessageId, BroadcastId, Version, UpdatedAt);
    }
}
