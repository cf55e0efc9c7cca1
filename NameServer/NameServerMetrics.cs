using System.Diagnostics.Metrics;
using JustHungry.NameServer.Registers;

namespace JustHungry.NameServer;

/// <summary>
/// What the name server measures: meter <c>justhungry.nameserver</c>. The loop samples them once a second; any thread may read them.
/// </summary>
internal sealed class NameServerMetrics : IDisposable
{
    public const string MeterName = "justhungry.nameserver";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _viewChanges;
    private long _names, _groups, _unhealthy, _queued, _viewsMade, _away;

    public NameServerMetrics()
    {
        _viewChanges = _meter.CreateCounter<long>("view.changes", description: "Views made.");
        _meter.CreateObservableGauge("names", () => Volatile.Read(ref _names), description: "Names held.");
        _meter.CreateObservableGauge("groups", () => Volatile.Read(ref _groups), description: "Groups that have a view.");
        _meter.CreateObservableGauge("groups.unhealthy", () => Volatile.Read(ref _unhealthy), description: "Groups whose view can't change until an operator acts.");
        _meter.CreateObservableGauge("storage.away", () => Volatile.Read(ref _away), description: "1 while the storage does not answer, so that no view changes.");
        _meter.CreateObservableGauge("loop.queue", () => Volatile.Read(ref _queued), description: "Events that waited for the loop.");
    }

    public void Sample(NameServerCore core, int queued)
    {
        Volatile.Write(ref _names, core.Names);
        Volatile.Write(ref _groups, core.Groups);
        Volatile.Write(ref _unhealthy, core.UnhealthyGroups);
        Volatile.Write(ref _queued, queued);
        Volatile.Write(ref _away, core.IsStorageAway ? 1 : 0);
        if (!_viewChanges.Enabled)
            return;

        _viewChanges.Add(core.ViewsMade - _viewsMade);
        _viewsMade = core.ViewsMade;
    }

    public void Dispose() => _meter.Dispose();
}
