using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Decides which request goes to the primary next. Connections take turns, each with its requests in the order in which they came, while
/// there is room: for what is under way to the primary, and for the answers that the connection has not taken yet. Room for an answer is
/// reserved before the request is sent, so a slow reader delays only itself, and the primary is not asked for more than can leave soon.
/// Owned by <see cref="RequestTable"/>.
/// </summary>
internal sealed class Turns(INetwork network, FrontEndLimits limits)
{
    private const int ShareOfFree = 8;

    /// <summary>An update's answer is one order, which has 100 lines at most, and usually few.</summary>
    private const int UpdateAnswerBytes = 512;

    private readonly Queue<UserConnection> _queue = new();
    private readonly List<UserConnection> _withoutRoom = [];
    private long _underWay;
    private int _lookUps;
    private long _lookUpBytes;
    private long _reserved;
    private bool _isHeldBack;

    public void Add(RequestSlot slot)
    {
        UserConnection user = slot.User!;
        user.Waiting.Enqueue((slot, slot.Arrival));
        if (user.HasTurn)
            return;
        user.HasTurn = true;
        _queue.Enqueue(user);
    }

    /// <summary>Takes the next request that there is room for. It is under way from now on.</summary>
    public bool TryTake(out RequestSlot slot)
    {
        while (!_isHeldBack && _underWay < limits.UnderWayBytesMax && _queue.TryDequeue(out UserConnection? user))
        {
            if (FindWaiting(user) is not { } next)
            {
                user.HasTurn = false;
            }
            else if (!HasRoom(user) || !HasRoomForLookUp(user, next))
            {
                _withoutRoom.Add(user);
            }
            else
            {
                user.Waiting.Dequeue();
                _queue.Enqueue(user);
                Reserve(next, next.Bytes + (next.Kind.IsUpdate() ? UpdateAnswerBytes : user.LookBytes), isUnderWay: true);
                slot = next;
                return true;
            }
        }

        slot = null!;
        return false;
    }

    /// <summary>
    /// Empties the queue. When there is a primary again, the requests that still wait are added again, in the order in which they came.
    /// </summary>
    public void Clear()
    {
        BatchEnded();
        foreach (UserConnection user in _queue)
        {
            user.Waiting.Clear();
            user.HasTurn = false;
        }

        _queue.Clear();
        _isHeldBack = false;
    }

    /// <summary>Connections that had no room may have some in the next batch.</summary>
    public void BatchEnded()
    {
        foreach (UserConnection user in _withoutRoom)
            _queue.Enqueue(user);
        _withoutRoom.Clear();
    }

    /// <summary>The answer has come and is held, so its real size replaces the expected one.</summary>
    public void Answered(RequestSlot slot)
    {
        if (!slot.Kind.IsUpdate())
            slot.User!.LookTook(slot.Bytes);
        Reserve(slot, slot.Bytes, isUnderWay: false);
    }

    /// <summary>The request is neither under way nor held any more.</summary>
    public void Release(RequestSlot slot) => Reserve(slot, 0, isUnderWay: false);

    /// <summary>
    /// The primary gave no answer because too many are waiting to leave it, so nothing more is sent before the next tick.
    /// </summary>
    public void HoldBack(UserConnection user)
    {
        user.LookTook(FrameLimits.DaemonBytesMax);
        _isHeldBack = true;
    }

    public void Tick() => _isHeldBack = false;

    /// <summary>The connection's next waiting request; those that were given up meanwhile are skipped.</summary>
    private static RequestSlot? FindWaiting(UserConnection user)
    {
        while (user.Waiting.TryPeek(out (RequestSlot Slot, ulong Arrival) next))
        {
            if (next.Slot.State == SlotState.Waiting && next.Slot.Arrival == next.Arrival)
                return next.Slot;
            user.Waiting.Dequeue();
        }

        return null;
    }

    /// <summary>No request is in flight, so nothing is reserved and nothing is under way.</summary>
    public void CheckIdle() => Invariant.Check(
        _reserved == 0 && _underWay == 0 && _lookUps == 0 && _lookUpBytes == 0,
        $"without a request, {_reserved} bytes are reserved, {_underWay} under way, and {_lookUpBytes} for {_lookUps} look-ups");

    private bool HasRoom(UserConnection user)
    {
        long own = user.Reserved + network.Unsent(user.Id);
        if (own == 0 || own < Math.Clamp((limits.AllBytesMax - _reserved - network.UnsentToUsers) / ShareOfFree, 0, limits.ConnectionBytesMax))
            return true;

        Rare.Reached(RareBranch.NoRoomForAnswer);
        return false;
    }

    /// <summary>As with bytes, a connection that has look-ups under way may have an eighth of those that are free, so others always find some.</summary>
    private bool HasRoomForLookUp(UserConnection user, RequestSlot slot)
    {
        bool isFree = _lookUps < limits.LookUpsMax && _lookUpBytes < limits.UnderWayBytesMax;
        if (!IsLookUp(slot) || (isFree && (user.LookUps == 0 || user.LookUps < (limits.LookUpsMax - _lookUps) / ShareOfFree)))
            return true;

        Rare.Reached(RareBranch.NoRoomForLookUp);
        return false;
    }

    private void Reserve(RequestSlot slot, int bytes, bool isUnderWay)
    {
        if (slot.IsUnderWay)
            CountUnderWay(slot, -slot.Reserved, -1);
        _reserved += bytes - slot.Reserved;
        slot.User!.Reserved += bytes - slot.Reserved;
        slot.Reserved = bytes;
        slot.IsUnderWay = isUnderWay;
        if (isUnderWay)
            CountUnderWay(slot, bytes, 1);
    }

    private void CountUnderWay(RequestSlot slot, int bytes, int requests)
    {
        if (IsLookUp(slot))
        {
            (_lookUps, _lookUpBytes) = (_lookUps + requests, _lookUpBytes + bytes);
            slot.User!.LookUps += requests;
        }
        else
        {
            _underWay += bytes;
        }
    }

    private static bool IsLookUp(RequestSlot slot) => slot.Kind == RequestKind.UserDetails;
}
