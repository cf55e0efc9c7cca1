using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Requests that may be what their primaries die of. One that was under way at two failures is given back to its user, who may ask
/// again; it then goes by itself among its like, so that a third failure tells which it was, and that one has to wait. Bounded: the
/// oldest are forgotten. Owned by <see cref="Relay"/>.
/// </summary>
internal sealed class Suspects
{
    /// <summary>A request is sent to so many primaries that fail, and to no more.</summary>
    public const int FailuresMax = 2;

    private const int CountMax = 4_096;

    /// <summary>
    /// Before it is sent again, in milliseconds, after the second failure and after each later one. Failures soon after one another
    /// befall honest requests too, so no wait is longer than a user would try again for.
    /// </summary>
    private static readonly int[] WaitsMs = [2_000, 10_000];

    private readonly OrderedDictionary<Identity, Record> _records = [];
    private RequestSlot? _underWay;

    /// <summary>A retrieval has no request id: its user and kind stand for it.</summary>
    private readonly record struct Identity(UserId User, RequestId Request, RequestKind Kind);

    private readonly record struct Record(int Times, long NotBeforeMs);

    public bool IsSuspect(in UserRequest request) => _records.Count > 0 && _records.ContainsKey(IdentityOf(request));

    /// <summary>Its wait is over, and none of the others is under way.</summary>
    public bool MayGo(Now now, in UserRequest request) => _underWay is null && now.Ms >= _records[IdentityOf(request)].NotBeforeMs;

    /// <summary>It goes once more: the next failure is its last for now.</summary>
    public void Goes(RequestSlot slot)
    {
        _underWay = slot;
        slot.Failures = FailuresMax - 1;
    }

    /// <summary>The primary has failed with it for the last time.</summary>
    public void Failed(Now now, RequestSlot slot)
    {
        Identity identity = IdentityOf(slot.Request);
        int times = _records.GetValueOrDefault(identity).Times;
        if (times == 0 && _records.Count >= CountMax)
            _records.RemoveAt(0);
        _records[identity] = new Record(times + 1, now.Ms + WaitsMs[Math.Min(times, WaitsMs.Length - 1)]);
    }

    /// <summary>A barrier covers its answer: a primary has lived through it.</summary>
    public void Acquit(RequestSlot slot)
    {
        if (_records.Count > 0)
            _records.Remove(IdentityOf(slot.Request));
    }

    /// <summary>It is under way no more.</summary>
    public void Ended(RequestSlot slot)
    {
        if (_underWay == slot)
            _underWay = null;
    }

    private static Identity IdentityOf(in UserRequest request) => new(request.User, request.RequestId, request.Kind);
}
