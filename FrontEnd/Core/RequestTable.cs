using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>The requests in flight, in the order in which they arrived. Bounded; slots are made once and re-used. Owned by <see cref="Relay"/>.</summary>
internal sealed class RequestTable(INetwork network, FrontEndLimits limits)
{
    /// <summary>As many as a correlation can name.</summary>
    public const int SlotsMax = 1 << SlotBits;

    /// <summary>How many bits of a correlation name the slot.</summary>
    public const int SlotBits = 14;

    private readonly List<RequestSlot> _slots = [];
    private readonly InFlightByUser _byUser = new();
    private ulong _arrivals;
    private RequestSlot? _free;
    private RequestSlot? _last;
    private long _bytes;

    /// <summary>Whose turn it is to go to the primary.</summary>
    public Turns Turns { get; } = new(network, limits);

    public int Count { get; private set; }

    /// <summary>The request that arrived first; the others follow through <see cref="RequestSlot.Next"/>.</summary>
    public RequestSlot? First { get; private set; }

    public bool IsFull => Count >= limits.RequestsMax || _bytes >= limits.BytesMax;

    public int InFlightOf(UserId user) => _byUser.Of(user);

    public RequestSlot Add(Now now, UserConnection user, ulong correlation, in UserRequest request)
    {
        RequestSlot slot = TakeFree();
        slot.Take(now, ++_arrivals, user, correlation, request);
        slot.Previous = _last;
        slot.Next = null;
        if (_last is null)
            First = slot;
        else
            _last.Next = slot;
        _last = slot;

        Count++;
        _bytes += slot.Bytes;
        user.InFlight++;
        _byUser.Began(request.User);
        return slot;
    }

    /// <summary>The slot whose last sending had this number; null if that sending is over.</summary>
    public RequestSlot? FindSent(int index, ulong sendNumber) =>
        index < _slots.Count && _slots[index] is { State: SlotState.Sent } slot && slot.SendNumber == sendNumber ? slot : null;

    public void Hold(RequestSlot slot, in ReadOnlySequence<byte> answer)
    {
        _bytes -= slot.Bytes;
        slot.Hold(answer);
        _bytes += slot.Bytes;
        Turns.Answered(slot);
    }

    public void Forget(RequestSlot slot)
    {
        Turns.Release(slot);
        _bytes -= slot.Bytes;
        slot.Forget();
        _bytes += slot.Bytes;
    }

    public void Remove(RequestSlot slot)
    {
        if (slot.Previous is { } previous)
            previous.Next = slot.Next;
        else
            First = slot.Next;
        if (slot.Next is { } next)
            next.Previous = slot.Previous;
        else
            _last = slot.Previous;

        Count--;
        Turns.Release(slot);
        _byUser.Ended(slot.UserId);
        _bytes -= slot.Bytes;
        slot.User!.InFlight--;
        slot.Clear();
        slot.Previous = null;
        slot.Next = _free;
        _free = slot;
        if (Count == 0)
            CheckIdle();
    }

    /// <summary>What is never given back is missing later, so it must not go unnoticed.</summary>
    private void CheckIdle()
    {
        Invariant.Check(_bytes == 0 && First is null && _last is null, $"no request is in flight, and {_bytes} bytes are held");
        Turns.CheckIdle();
    }

    private RequestSlot TakeFree()
    {
        if (_free is not { } slot)
        {
            slot = new RequestSlot(_slots.Count);
            _slots.Add(slot);
            return slot;
        }

        _free = slot.Next;
        return slot;
    }
}
