using System.Text;
using Dapper;
using Marketing.Core.Audience;
using Marketing.Core.Tests.Fixtures;
using Microsoft.Extensions.Time.Testing;

namespace Marketing.Core.Tests.Audience;

/// <summary>An empty table of users for every test, and the words of the tests about it.</summary>
public abstract class AudienceTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IAsyncLifetime
{
    protected static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    protected DatabaseFixture Database { get; } = database;

    protected FakeTimeProvider Clock { get; } = new(Now);

    protected AudienceImporter Importer => new(People);

    protected AudienceRepository People => new(Database.Source, Erased, Clock);

    protected ErasedPeople Erased => new(Database.Source, TestOptions.With());

    public Task InitializeAsync() => ExecuteAsync("TRUNCATE users, erased_people CASCADE");

    public Task DisposeAsync() => Task.CompletedTask;

    protected Task<ImportResult> CsvAsync(string text) => ImportAsync(text, ImportFormat.Csv);

    protected Task<ImportResult> NdjsonAsync(string text) => ImportAsync(text, ImportFormat.Ndjson);

    protected Task<ImportResult> ImportAsync(string text, ImportFormat format) =>
        Importer.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), format, dryRun: false, CancellationToken.None);

    protected async Task<User> UserAsync(long telegramUserId) =>
        await People.FindByTelegramIdAsync(telegramUserId, CancellationToken.None)
        ?? throw new InvalidOperationException($"Nobody has the id {telegramUserId}.");

    protected async Task<IReadOnlyList<long>> StoredAsync()
    {
        await using var db = await Database.Source.OpenConnectionAsync();
        return [.. await db.QueryAsync<long>("SELECT telegram_user_id FROM users ORDER BY telegram_user_id")];
    }

    protected async Task ExecuteAsync(string sql)
    {
        await using var command = Database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    protected static (long Line, string Reason)[] Rejected(ImportResult result) => [.. result.Rejected.Select(r => (r.Line, r.Reason))];
}
