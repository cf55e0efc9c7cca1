using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// The barriers of one connection to the primary in one epoch, and the replies that wait for them. A reply is released only when a
/// barrier of its own epoch is acknowledged with the reply's number or a higher one. Owned by <see cref="Relay"/>.
/// </summary>
internal sealed class BarrierQueue(INetwork network, IFrontEndEvents events)
{
    /// <summary>Enough to keep batches going during one round trip; more would only queue at the primary.</summary>
    private const int InFlightMax = 4;

    /// <summary>
    /// How long to wait after a refused barrier; doubled with each further refusal, since the primary is overloaded already.
    /// </summary>
    public const int RefusedMs = 20;

    public const int RefusedMostMs = 640;

    private readonly List<ulong> _inFlight = new(InFlightMax);
    private readonly Queue<HeldReply> _held = new();
    private ConnectionId _primary;
    private Epoch _epoch;
    private ulong _lastBarrier;
    private bool _isWanted;
    private DoublingWait _afterRefusal = NoRefusal();

    /// <summary>When the last barrier of this epoch and connection completed; null before the first.</summary>
    public long? CompletedMs { get; private set; }

    /// <summary>Replies that no barrier has covered yet.</summary>
    public int Held => _held.Count;

    private readonly record struct HeldReply(RequestSlot Slot, ulong SendNumber, ReplyNumber Number);

    /// <summary>Starts on a new connection or epoch. The first barrier goes out at once: its answer shows that the view commits.</summary>
    public void Begin(ConnectionId primary, Epoch epoch)
    {
        End();
        _primary = primary;
        _epoch = epoch;
        _isWanted = true;
    }

    /// <summary>Forgets the barriers in flight and throws away the held replies.</summary>
    public void End()
    {
        _primary = ConnectionId.None;
        _inFlight.Clear();
        _held.Clear();
        _isWanted = false;
        CompletedMs = null;
        _afterRefusal = NoRefusal();
    }

    /// <summary>
    /// Somebody doubts that barriers complete. Makes sure that one is in flight or due that will show it, even while no user asks for
    /// anything.
    /// </summary>
    public void ProveProgress() => _isWanted |= _inFlight.Count == 0;

    /// <summary>An Execute went out; a barrier follows at the end of the batch.</summary>
    public void Sent() => _isWanted = true;

    /// <summary>
    /// A reply came. The barrier that followed its Execute covers it, except for the kind that the primary answers late because it asks
    /// the postcode service first: the primary may have made that reply after it read the barriers in flight, so another barrier is due.
    /// </summary>
    public void Hold(RequestSlot slot, ReplyNumber number)
    {
        _held.Enqueue(new HeldReply(slot, slot.SendNumber, number));
        _isWanted |= slot.Kind == RequestKind.UserDetails;
    }

    /// <summary>
    /// Sends one barrier for everything that the batch sent or holds. While a reply is held, a barrier is always in flight or due.
    /// </summary>
    public void BatchEnded(Now now)
    {
        bool isDue = _isWanted || (_held.Count > 0 && _inFlight.Count == 0);
        if (!isDue || _primary == ConnectionId.None || _inFlight.Count >= InFlightMax || _afterRefusal.IsOn(now))
            return;

        _isWanted = false;
        _inFlight.Add(++_lastBarrier);
        events.BarrierSent(_lastBarrier);
        network.Send(_primary, Correlations.Of(Question.Barrier, _lastBarrier), new PropagateBackup(_epoch));
    }

    /// <summary>The primary refused a barrier. The next one goes out at a later tick, after a longer wait each time.</summary>
    public void Refused(Now now, ulong barrier)
    {
        if (!_inFlight.Remove(barrier))
            return;

        Rare.Reached(RareBranch.BarrierRefused);
        _isWanted = true;
        if (!_afterRefusal.IsOn(now))
            _afterRefusal.Begin(now);
    }

    /// <summary>
    /// True if it answers a barrier of this connection and epoch; <see cref="TryRelease"/> then releases what that covers.
    /// </summary>
    public bool Propagated(Now now, ConnectionId connection, ulong barrier, in Propagated answer)
    {
        if (connection != _primary || answer.Epoch != _epoch || !_inFlight.Remove(barrier))
            return false;

        CompletedMs = now.Ms;
        events.BarrierCompleted(barrier);
        return true;
    }

    private static DoublingWait NoRefusal() => new(RefusedMs, RefusedMostMs, calmMs: RefusedMostMs);

    /// <summary>
    /// The next reply whose number is at most <paramref name="number"/>, skipping those whose requests were given up meanwhile.
    /// </summary>
    public bool TryRelease(ReplyNumber number, out RequestSlot slot)
    {
        while (_held.TryPeek(out HeldReply reply) && reply.Number <= number)
        {
            _held.Dequeue();
            slot = reply.Slot;
            if (slot.State == SlotState.Held && slot.SendNumber == reply.SendNumber)
                return true;
            Rare.Reached(RareBranch.HeldReplyGone);
        }

        slot = null!;
        return false;
    }
}
