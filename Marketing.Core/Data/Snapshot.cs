using System.Data;
using Npgsql;

namespace Marketing.Core.Data;

internal static class Snapshot
{
    /// <summary>Reads of several statements that see the database as it is at one moment, so that their numbers fit together.</summary>
    public static async Task<T> ReadAsync<T>(this NpgsqlDataSource source, Func<NpgsqlConnection, Task<T>> read, CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        await using var transaction = await db.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var result = await read(db);
        await transaction.CommitAsync(ct);
        return result;
    }
}
