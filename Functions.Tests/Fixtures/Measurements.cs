using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Marketing.Core;
using Marketing.Local.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Marketing.Functions.Tests.Fixtures;

/// <summary>What one host measures while this listens; other hosts of the test process have meters of their own.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, string Tag)> all = new();

    public Measurements(FunctionHost host)
    {
        var scope = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == MarketingTelemetry.Name && instrument.Meter.Scope == scope)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
    }

    public double Sum(string name, string tag = "") => Of(name, tag).Sum();

    public double[] Of(string name, string tag = "") => [.. all.Where(m => m.Name == name && (tag.Length == 0 || m.Tag == tag)).Select(m => m.Value)];

    /// <summary>Reads a gauge now; none when it has nothing to say.</summary>
    public double? Gauge(string name)
    {
        listener.RecordObservableInstruments();
        return all.LastOrDefault(m => m.Name == name) is { Name: not null } last ? last.Value : null;
    }

    public void Dispose() => listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        all.Enqueue((instrument.Name, value, tags.Length > 0 ? (string)tags[0].Value! : ""));
}
