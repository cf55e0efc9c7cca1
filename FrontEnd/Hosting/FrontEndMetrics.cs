using System.Diagnostics;
using System.Diagnostics.Metrics;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.FrontEnd.Hosting;

/// <summary>
/// What a front end measures: meter <c>justhungry.frontend</c>. Called in the loop; observed from any thread. A request costs one
/// increment in an array, from whose differences the counters are updated once a second.
/// </summary>
internal sealed class FrontEndMetrics : IDisposable
{
    public const string MeterName = "justhungry.frontend";

    /// <summary>A power of two above the number of barriers that can be in flight.</summary>
    private const int BarrierSlots = 8;

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests, _viewChanges;
    private readonly Histogram<double> _barrierTime;
    private readonly long[,] _answered = new long[256, 256], _counted = new long[256, 256];
    private readonly long[] _barrierSent = new long[BarrierSlots];
    private long _waiting, _users, _epoch, _queued;

    public FrontEndMetrics()
    {
        _requests = _meter.CreateCounter<long>("requests", description: "Users' requests answered, by type and outcome: Done, or the refusal's name.");
        _viewChanges = _meter.CreateCounter<long>("view.changes", description: "Views that came into force, by this front end's proposal or another's.");
        _barrierTime = _meter.CreateHistogram<double>("barrier.time", "s", "From a barrier's sending until everything before it is on every member's disk.");
        _meter.CreateObservableGauge("requests.waiting", () => Volatile.Read(ref _waiting), description: "Requests taken and not answered yet.");
        _meter.CreateObservableGauge("users", () => Volatile.Read(ref _users), description: "Connected users.");
        _meter.CreateObservableGauge("epoch", () => Volatile.Read(ref _epoch), description: "The epoch of the view in force here.");
        _meter.CreateObservableGauge("loop.queue", () => Volatile.Read(ref _queued), description: "Events that waited for the loop.");
    }

    public void RequestAnswered(RequestKind kind, AnswerCode answer) => _answered[(byte)kind, (byte)answer]++;

    public void ViewChanged(bool isOwn) => _viewChanges.Add(1, new KeyValuePair<string, object?>("by", isOwn ? "this" : "other"));

    public void BarrierSent(ulong barrier)
    {
        if (_barrierTime.Enabled)
            _barrierSent[barrier % BarrierSlots] = Stopwatch.GetTimestamp();
    }

    public void BarrierCompleted(ulong barrier)
    {
        ref long sent = ref _barrierSent[barrier % BarrierSlots];
        if (sent != 0)
            _barrierTime.Record(Stopwatch.GetElapsedTime(sent).TotalSeconds);
        sent = 0;
    }

    /// <summary>Once a second, in the loop.</summary>
    public void Sample(FrontEndCore core, int queued)
    {
        Volatile.Write(ref _waiting, core.Waiting);
        Volatile.Write(ref _users, core.Users);
        Volatile.Write(ref _epoch, (long)core.Epoch.Value);
        Volatile.Write(ref _queued, queued);
        if (_requests.Enabled)
            CountRequests();
    }

    public void Dispose() => _meter.Dispose();

    private void CountRequests()
    {
        foreach (RequestKind kind in Enum.GetValues<RequestKind>())
        {
            foreach (AnswerCode answer in Enum.GetValues<AnswerCode>())
            {
                long more = _answered[(byte)kind, (byte)answer] - _counted[(byte)kind, (byte)answer];
                if (more == 0)
                    continue;

                _counted[(byte)kind, (byte)answer] += more;
                string outcome = answer.IsRefusal() ? answer.ToString() : "Done";
                _requests.Add(more, new KeyValuePair<string, object?>("type", kind.ToString()), new KeyValuePair<string, object?>("outcome", outcome));
            }
        }
    }
}
