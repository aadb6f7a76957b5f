using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using Dapper;
using Npgsql;

namespace Marketing.Core.Audience;

/// <summary>
/// Who was erased, known by a keyed hash of the Telegram id only: enough to refuse an import that would bring them back,
/// useless to whoever has the database without Marketing__LinkSigningKey.
/// </summary>
public sealed class ErasedPeople(NpgsqlDataSource source, MarketingOptions options)
{
    private const int HashLength = 16;

    // Keys of their own, so that a link's signature is never a hash of this table. One for each signing key that is still listed.
    private readonly byte[][] keys = [.. options.LinkSigningKeys.Select(key => HMACSHA256.HashData(key, "erased people"u8))];

    /// <summary>
    /// Another after each erasure: of somebody who was erased before, the time changes. The sum, since the newest would stay where
    /// another worker's clock is behind.
    /// </summary>
    internal const string StampSql = "SELECT count(*) || ' ' || COALESCE(sum(extract(epoch FROM erased_at)), 0) FROM erased_people";

    private const string AllSql = "SELECT telegram_hash FROM erased_people";

    /// <summary>All of them: 16 bytes each, and rarely more than some thousands.</summary>
    internal async Task<ErasedIds> LoadAsync(CancellationToken ct)
    {
        await using var db = await source.OpenConnectionAsync(ct);
        // In this order: who is erased in between is found to be missing, rather than not missed.
        var stamp = await db.QuerySingleAsync<string>(new CommandDefinition(StampSql, cancellationToken: ct));
        var hashes = await db.QueryAsync<byte[]>(new CommandDefinition(AllSql, cancellationToken: ct));
        return new ErasedIds(stamp, hashes.Select(hash => BinaryPrimitives.ReadUInt128BigEndian(hash)).ToFrozenSet(), keys);
    }

    private const string AddSql = "INSERT INTO erased_people (telegram_hash, erased_at) VALUES (@hash, @now) ON CONFLICT (telegram_hash) DO UPDATE SET erased_at = EXCLUDED.erased_at";

    internal Task AddAsync(long telegramUserId, DateTimeOffset now, NpgsqlTransaction transaction, CancellationToken ct)
    {
        var hash = new byte[HashLength];
        BinaryPrimitives.WriteUInt128BigEndian(hash, ErasedIds.Hash(keys[0], telegramUserId));
        return transaction.Connection!.ExecuteAsync(new CommandDefinition(AddSql, new { hash, now }, transaction, cancellationToken: ct));
    }
}

/// <summary>The erased people of one moment.</summary>
internal sealed class ErasedIds(string stamp, FrozenSet<UInt128> hashes, byte[][] keys)
{
    /// <summary>What <see cref="ErasedPeople.StampSql"/> was then.</summary>
    public string Stamp => stamp;

    // A hash takes about 0.6 us, so an import of a million lines spends it only where somebody was erased at all.
    public bool Contains(long telegramUserId) => hashes.Count > 0 && keys.Any(key => hashes.Contains(Hash(key, telegramUserId)));

    public static UInt128 Hash(byte[] key, long telegramUserId)
    {
        Span<byte> id = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(id, telegramUserId);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, id, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
