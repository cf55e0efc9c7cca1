using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// What the name server keeps across restarts. Every call returns only when its effect would survive the loss of power; a call that fails
/// throws, and the process stops. Owned by the core.
/// </summary>
internal interface INameStorage : IDisposable
{
    /// <summary>Names in the order they were first recorded, and the last view of each group.</summary>
    (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load();

    /// <summary>Adds a name, or replaces what is stored of it.</summary>
    void Put(StoredName name);

    void Remove(IReadOnlyList<string> names);

    /// <summary>
    /// Adds a view to its group's history; the last one added is in force. Older views are deleted, except for the last
    /// <see cref="StoredView.KeptMax"/> and those of the kinds that <see cref="StoredView.IsKeptForEver"/> names.
    /// </summary>
    void Append(StoredView view);

    /// <summary>A group's views with epochs above <paramref name="after"/>, oldest first.</summary>
    IReadOnlyList<MadeView> History(string group, Epoch after, int countMax);
}

/// <param name="Order">Rises with every name recorded; names are listed in this order.</param>
internal sealed record StoredName(long Order, Registration Registration);

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
