using Npgsql;

namespace Marketing.Core.Tests.Fixtures;

/// <summary>A fresh database for one test class (<c>IClassFixture&lt;DatabaseFixture&gt;</c>).</summary>
public sealed class DatabaseFixture : IAsyncLifetime
{
    public NpgsqlDataSource Source { get; private set; } = null!;

    public string ConnectionString { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        ConnectionString = await TestPostgres.CreateDatabaseAsync();
        Source = NpgsqlDataSource.Create(ConnectionString);
    }

    public async Task DisposeAsync() => await Source.DisposeAsync();
}
