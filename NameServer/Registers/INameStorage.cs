using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// What the core asks of the place where names and views are kept. Each call begins work; its answer comes to <c>then</c> in the core's loop,
/// before the call returns or as an event of its own. A change that was answered survives the loss of power. A storage of this process alone
/// that fails throws, and the process stops. Owned by the core.
/// </summary>
internal interface INameStorage : IDisposable
{
    /// <summary>
    /// Other name servers change it too. Then what was read before may be outdated, leases end there and not here, and an answer may fail to
    /// come. Otherwise this process makes every change, and reads once, at its start.
    /// </summary>
    bool IsShared { get; }

    /// <summary>
    /// Marks the register itself, as a server's disk is marked: it stays with what is stored, and is told in the hello, so that whoever has a
    /// list of name servers sees that they share it. None: it does not say.
    /// </summary>
    DiskId Register => DiskId.None;

    /// <summary>Everything that counts, as of one moment between this call and the answer. Null: nobody can tell now.</summary>
    void Read(Now now, Action<Now, StoredState?> then);

    /// <summary>Makes a change if what it rests on still holds.</summary>
    void Commit(Now now, NameChange change, Action<Now, Committed> then);

    /// <summary>A group's views with epochs above <paramref name="after"/>, oldest first. Null: nobody can tell now.</summary>
    void ReadHistory(Now now, string group, Epoch after, int countMax, Action<Now, IReadOnlyList<MadeView>?> then);

    /// <summary>Begins a name's lease anew. Asked of a shared storage only.</summary>
    void Renew(Now now, string name, Action<Now, Renewal> then) => throw new NotSupportedException("leases end in the core here");
}

/// <summary>What became of a change.</summary>
internal enum CommitOutcome
{
    Done,

    /// <summary>Nothing was done: something that the change rests on is different now. Read, and judge again.</summary>
    Changed,

    /// <summary>It was done, or will be, or never: nobody can tell now. Whoever asked must not be told that it failed.</summary>
    Unknown,
}

/// <param name="Revision">If it was done: the storage's revision, which this change began.</param>
internal readonly record struct Committed(CommitOutcome Outcome, long Revision = 0);

/// <summary>What became of a renewal.</summary>
internal enum Renewal
{
    Held,

    /// <summary>The lease has ended, and the name with it.</summary>
    Gone,
    Unknown,
}

/// <summary>What a storage holds at one moment.</summary>
/// <param name="Revision">Rises with every change.</param>
/// <param name="Names">In the order they were first recorded.</param>
/// <param name="Views">The last view of each group.</param>
/// <param name="WasRestored">What was read before is of another history: the storage was restored from an older copy since.</param>
internal sealed record StoredState(long Revision, IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views, bool WasRestored = false);

/// <param name="Order">Rises with every name recorded; names are listed in this order.</param>
/// <param name="HasCalled">Its process has registered since the last start of a name server; false if that is not known.</param>
internal sealed record StoredName(long Order, Registration Registration, bool HasCalled = false);

/// <param name="ProposalId">The proposal that made the view: if it comes again, even after a restart, it gets the same answer.</param>
/// <param name="MadeAt">When the view was made, in seconds since 1970-01-01 UTC, for display only; 0 if not recorded.</param>
internal sealed record StoredView(UInt128 ProposalId, ProposalKind Kind, View View, long MadeAt = 0)
{
    /// <summary>How many views of a group are kept. They are for display only, so as many as one bad day produces are enough.</summary>
    public const int KeptMax = 1_000;

    /// <summary>The first view, and those an operator made, are few and worth keeping for ever.</summary>
    public static bool IsKeptForEver(ProposalKind kind) => kind is ProposalKind.Bootstrap or ProposalKind.Unclean or ProposalKind.Repair;

    public MadeView ToMadeView() => new(Kind, View, MadeAt);
}
