using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>A PropagateBackup request that waits for its answer.</summary>
/// <param name="Number">The last reply made before the request was read: what its answer covers.</param>
/// <param name="Index">The last entry there was then, including ViewStarted and inherited entries.</param>
/// <param name="Round">A round that began after it came; none until one has.</param>
internal readonly record struct Barrier(ConnectionId Connection, ulong Correlation, ReplyNumber Number, EntryIndex Index, Round Round, long CameMs)
{
    public bool HasRound => Round != Round.None;
}

/// <summary>The barriers of one epoch. They complete in the order in which they came. Owned by the core.</summary>
internal sealed class Barriers
{
    private readonly Queue<Barrier> _begun = new();
    private readonly Queue<Barrier> _waiting = new();

    public int Count => _begun.Count + _waiting.Count;

    /// <summary>Some barrier has no round yet.</summary>
    public bool NeedRound => _waiting.Count > 0;

    public Barrier? Oldest => _begun.TryPeek(out Barrier begun) ? begun : _waiting.TryPeek(out Barrier waiting) ? waiting : null;

    public void Add(Barrier barrier) => _waiting.Enqueue(barrier);

    /// <summary>A round begins now, after every waiting barrier came, so each of them can use it.</summary>
    public void RoundBegins(Round round)
    {
        while (_waiting.TryDequeue(out Barrier barrier))
            _begun.Enqueue(barrier with { Round = round });
    }

    /// <summary>Removes the oldest barrier if all its entries are safe and everyone has echoed its round.</summary>
    public bool TryComplete(EntryIndex safe, Round echoed, out Barrier barrier)
    {
        if (!_begun.TryPeek(out barrier) || barrier.Index > safe || barrier.Round > echoed)
            return false;

        _begun.Dequeue();
        return true;
    }

    /// <summary>Removes all of them, because the epoch is over.</summary>
    public IEnumerable<Barrier> TakeAll()
    {
        while (_begun.TryDequeue(out Barrier begun))
            yield return begun;
        while (_waiting.TryDequeue(out Barrier waiting))
            yield return waiting;
    }
}
