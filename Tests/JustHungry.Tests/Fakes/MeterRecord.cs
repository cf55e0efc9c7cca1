using System.Diagnostics.Metrics;

namespace JustHungry.Tests.Fakes;

/// <summary>All that a meter measures while this is alive.</summary>
internal sealed class MeterRecord : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Instrument, double Value, (string Key, string? Value)[] Tags)> _measured = [];

    public MeterRecord(string meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public void Observe() => _listener.RecordObservableInstruments();

    public double Sum(string instrument, params (string Key, string? Value)[] tags) => Of(instrument, tags).Sum();

    public int Count(string instrument) => Of(instrument, []).Count();

    public double Last(string instrument, params (string Key, string? Value)[] tags) => Of(instrument, tags).Last();

    public void Dispose() => _listener.Dispose();

    private IEnumerable<double> Of(string instrument, (string Key, string? Value)[] tags)
    {
        lock (_measured)
            return [.. _measured.Where(m => m.Instrument == instrument && tags.All(m.Tags.Contains)).Select(m => m.Value)];
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (string, string?)[] copy = [.. tags.ToArray().Select(t => (t.Key, t.Value?.ToString()))];
        lock (_measured)
            _measured.Add((instrument.Name, value, copy));
    }
}
