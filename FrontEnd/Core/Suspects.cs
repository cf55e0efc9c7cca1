using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Requests that may be the reason why primaries fail. One that was under way at two failures is given back to its user, who may ask
/// again. It is then sent only while no other suspect is under way, so that a third failure shows which one it was, and that one has to
/// wait. Bounded: the oldest are forgotten. Owned by <see cref="Relay"/>.
/// </summary>
internal sealed class Suspects
{
    /// <summary>A request that was under way at this many failures is not sent to another primary.</summary>
    public const int FailuresMax = 2;

    private const int CountMax = 4_096;

    /// <summary>
    /// The wait before a request is sent again: after the second failure, and after each later one. Failures in quick succession hit
    /// innocent requests too, so no wait is longer than a user would keep trying.
    /// </summary>
    private static readonly int[] WaitsMs = [2_000, 10_000];

    private readonly OrderedDictionary<Identity, Record> _records = [];
    private RequestSlot? _underWay;

    /// <summary>A retrieval has no request id, so its user and kind identify it.</summary>
    private readonly record struct Identity(UserId User, RequestId Request, RequestKind Kind);

    private readonly record struct Record(int Times, long NotBeforeMs);

    public bool IsSuspect(in UserRequest request) => _records.Count > 0 && _records.ContainsKey(IdentityOf(request));

    /// <summary>Its wait is over, and no other suspect is under way.</summary>
    public bool MayGo(Now now, in UserRequest request) => _underWay is null && now.Ms >= _records[IdentityOf(request)].NotBeforeMs;

    /// <summary>It is sent once more; one more failure, and it is given back.</summary>
    public void Goes(RequestSlot slot)
    {
        _underWay = slot;
        slot.Failures = FailuresMax - 1;
    }

    /// <summary>It was under way at one failure too many: it has to wait.</summary>
    public void Failed(Now now, RequestSlot slot)
    {
        Identity identity = IdentityOf(slot.Request);
        int times = _records.GetValueOrDefault(identity).Times;
        if (times == 0 && _records.Count >= CountMax)
            _records.RemoveAt(0);
        _records[identity] = new Record(times + 1, now.Ms + WaitsMs[Math.Min(times, WaitsMs.Length - 1)]);
    }

    /// <summary>A barrier covers its answer, so a primary has survived it.</summary>
    public void Acquit(RequestSlot slot)
    {
        if (_records.Count > 0)
            _records.Remove(IdentityOf(slot.Request));
    }

    /// <summary>It is no longer under way.</summary>
    public void Ended(RequestSlot slot)
    {
        if (_underWay == slot)
            _underWay = null;
    }

    private static Identity IdentityOf(in UserRequest request) => new(request.User, request.RequestId, request.Kind);
}
