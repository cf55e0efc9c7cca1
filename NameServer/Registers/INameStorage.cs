using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// What the name server keeps over a restart. Every call returns only when its effect would survive the loss of power; a call that
/// fails throws, and the process stops. Owned by the core.
/// </summary>
internal interface INameStorage : IDisposable
{
    /// <summary>Names in the order they were first recorded, and the last view of each group.</summary>
    (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load();

    /// <summary>Adds a name, or replaces what is stored of it.</summary>
    void Put(StoredName name);

    void Remove(IReadOnlyList<string> names);

    /// <summary>
    /// Adds a view to its group's history; the last one added is in force. Of the older ones the last <see cref="StoredView.KeptMax"/>
    /// stay, and those of kinds that <see cref="StoredView.IsKeptForEver"/> names.
    /// </summary>
    void Append(StoredView view);

    /// <summary>A group's views with epochs above <paramref name="after"/>, oldest first.</summary>
    IReadOnlyList<MadeView> History(string group, Epoch after, int countMax);
}

/// <param name="Order">Rises with every name recorded: the queue.</param>
internal sealed record StoredName(long Order, Registration Registration);

/// <param name="ProposalId">Of the proposal that made it: its repetition is answered alike, also after a restart.</param>
/// <param name="MadeAt">When, in seconds since 1970-01-01 UTC: for people only. 0 if it was not noted.</param>
internal sealed record StoredView(UInt128 ProposalId, ProposalKind Kind, View View, long MadeAt = 0)
{
    /// <summary>How many views of a group are kept: for people only, so what a bad day makes of them is enough.</summary>
    public const int KeptMax = 1_000;

    /// <summary>An operator's doing, and the first view, are few and worth knowing for ever.</summary>
    public static bool IsKeptForEver(ProposalKind kind) => kind is ProposalKind.Bootstrap or ProposalKind.Unclean or ProposalKind.Repair;

    public MadeView ToMadeView() => new(Kind, View, MadeAt);
}
