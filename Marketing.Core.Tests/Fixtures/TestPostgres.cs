using System.Diagnostics;
using Marketing.Core.Data;
using Marketing.Local.Postgres;
using Npgsql;

namespace Marketing.Core.Tests.Fixtures;

/// <summary>One Postgres for the test process, with a migrated template database that each collection's database copies.</summary>
public static class TestPostgres
{
    private const string Template = "marketing_template";

    private static readonly Lazy<Task<PostgresServer>> Server = new(StartAsync);
    private static int databases;

    /// <summary>A fresh, migrated database of the caller's own; gone with the server when the process ends.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var server = await Server.Value;
        return await server.CreateDatabaseAsync($"test_{Interlocked.Increment(ref databases)}", CancellationToken.None, Template);
    }

    private static async Task<PostgresServer> StartAsync()
    {
        DapperMappings.Register();
        var folder = Path.Combine(Path.GetTempPath(), $"marketing-tests-{Path.GetRandomFileName()}");
        var server = await PostgresServer.StartAsync(folder, durable: false, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            // The test runner ends its host soon after the last test, so another process sees to the folder.
            Process.Start("sh", ["-c", "sleep 5; rm -rf \"$0\"", folder]).Dispose();
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        };
        var connectionString = await server.CreateDatabaseAsync(Template, CancellationToken.None);
        await using var source = NpgsqlDataSource.Create($"{connectionString};Pooling=false");
        await new Migrator(source).UpAsync(CancellationToken.None);
        return server;
    }
}
