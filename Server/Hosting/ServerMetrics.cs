using System.Diagnostics.Metrics;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;

namespace JustHungry.Server.Hosting;

/// <summary>
/// What a replica measures: meter <c>justhungry.server</c>. The loop samples values, the disk's log thread reports its commits, and
/// listeners read on any thread. Nothing here runs for each request; a write holds a whole batch.
/// </summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "justhungry.server";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _views, _entries;
    private readonly Histogram<double> _commitTime;
    private readonly Histogram<long> _batchEntries;
    private Dictionary<ReplicaId, double> _lags = []; // replaced as a whole, never changed
    private long _epoch, _last, _commit, _checkpoint, _isPrimary, _queued;

    public ServerMetrics()
    {
        _views = _meter.CreateCounter<long>("view.changes", description: "Views adopted, by the role this replica has in them.");
        _entries = _meter.CreateCounter<long>("entries", description: "Entries written to the log.");
        _commitTime = _meter.CreateHistogram<double>("commit.time", "s", "From a batch's handing to the disk until its fsync has returned.");
        _batchEntries = _meter.CreateHistogram<long>("batch.entries", description: "Entries that one fsync made durable.");
        Gauge("epoch", () => _epoch, "The adopted view's epoch.");
        Gauge("primary", () => _isPrimary, "1 while it leads.");
        Gauge("log.last", () => _last, "The last entry of the log.");
        Gauge("log.commit", () => _commit, "The last entry known to be on every member's disk.");
        Gauge("log.uncommitted", () => _last - _commit, "Entries that are not known to be on every member's disk yet.");
        Gauge("checkpoint.index", () => _checkpoint, "The last entry that orders.db holds.");
        Gauge("loop.queue", () => _queued, "Events that waited for the loop.");
        _meter.CreateObservableGauge(
            "follower.lag", () => Volatile.Read(ref _lags).Select(l => new Measurement<double>(l.Value, new KeyValuePair<string, object?>("follower", l.Key.Value))),
            description: "At the primary: entries that a follower is not proved to hold yet. NaN: it follows this replica no more.");
    }

    public void ViewAdopted(ReplicaRole role) => _views.Add(1, new KeyValuePair<string, object?>("role", role.ToString()));

    /// <summary>Called by the disk's log thread, for one write at a time.</summary>
    public void Committed(LogWrite write, TimeSpan took)
    {
        if (!_commitTime.Enabled && !_entries.Enabled && !_batchEntries.Enabled)
            return;

        long entries = 0;
        foreach (LogBatch batch in write.Append)
            entries += batch.Count;
        if (entries == 0)
            return;

        _entries.Add(entries);
        _batchEntries.Record(entries);
        _commitTime.Record(took.TotalSeconds);
    }

    /// <summary>Called once a second, in the loop.</summary>
    public void Sample(ReplicaCore core, int queued)
    {
        Volatile.Write(ref _epoch, (long)(core.Adopted?.Epoch.Value ?? 0));
        Volatile.Write(ref _last, (long)core.Replica.Log.Last.Index.Value);
        Volatile.Write(ref _commit, (long)core.Replica.Log.Commit.Value);
        Volatile.Write(ref _checkpoint, (long)core.Replica.Log.Checkpoint.Index.Value);
        Volatile.Write(ref _isPrimary, core.IsLeading ? 1 : 0);
        Volatile.Write(ref _queued, queued);
        SampleLags(core.FollowerLags);
    }

    /// <summary>
    /// Keeps reporting NaN for followers that are gone. If they were left out, the exporter would go on serving their last value, often 0,
    /// for a day.
    /// </summary>
    public void SampleLags(IReadOnlyList<(ReplicaId Follower, ulong Lag)> lags)
    {
        Dictionary<ReplicaId, double> next = _lags.Keys.ToDictionary(id => id, _ => double.NaN);
        foreach ((ReplicaId follower, ulong lag) in lags)
            next[follower] = lag;
        Volatile.Write(ref _lags, next);
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, Func<long> value, string description) => _meter.CreateObservableGauge(name, value, description: description);
}
