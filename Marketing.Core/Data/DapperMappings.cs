using System.Data;
using System.Net;
using System.Text.Json;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Marketing.Core.Data;

/// <summary>What Dapper needs to read our rows into records: snake_case names, UTC times, jsonb, inet.</summary>
public static class DapperMappings
{
    private static readonly Lock Gate = new();
    private static bool registered;

    /// <summary>Registers the mappings once per process; Dapper keeps them in static state.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (registered)
                return;
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
            SqlMapper.AddTypeHandler(new UtcHandler());
            SqlMapper.AddTypeHandler(new JsonHandler());
            SqlMapper.AddTypeHandler(new IpHandler());
            registered = true;
        }
    }

    private sealed class UtcHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => new((DateTime)value, TimeSpan.Zero);

        // Npgsql writes timestamptz from UTC values only.
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) => parameter.Value = value.UtcDateTime;
    }

    private sealed class JsonHandler : SqlMapper.TypeHandler<JsonElement>
    {
        public override JsonElement Parse(object value) => JsonElement.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, JsonElement value)
        {
            parameter.Value = value.GetRawText();
            ((NpgsqlParameter)parameter).NpgsqlDbType = NpgsqlDbType.Jsonb;
        }
    }

    private sealed class IpHandler : SqlMapper.TypeHandler<IPAddress>
    {
        public override IPAddress Parse(object value) => (IPAddress)value;

        public override void SetValue(IDbDataParameter parameter, IPAddress? value) => parameter.Value = (object?)value ?? DBNull.Value;
    }
}
