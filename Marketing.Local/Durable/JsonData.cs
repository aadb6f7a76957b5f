using System.Text.Json;
using Microsoft.DurableTask;

namespace Marketing.Local.Durable;

/// <summary>
/// What the isolated worker does to inputs and outputs: System.Text.Json by the value's own type, property names without
/// regard to case (WorkerOptions.Serializer's defaults). Fields are not written, so a tuple arrives empty, here as there.
/// </summary>
internal sealed class JsonData : DataConverter
{
    public static readonly JsonData Converter = new();

    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    public override string? Serialize(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), Options);

    public override object? Deserialize(string? data, Type targetType) =>
        data is null ? null : JsonSerializer.Deserialize(data, targetType, Options);
}
