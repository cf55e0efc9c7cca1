using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>A next view that the state of the replicas calls for, not yet proposed.</summary>
/// <param name="Evidence">For Join and Admit, the epoch of the primary's report that the change is based on.</param>
/// <param name="Reason">For the log.</param>
internal sealed record ViewChange(ProposalKind Kind, View Next, Epoch Evidence, string Reason)
{
    /// <summary>The epoch it starts from.</summary>
    public Epoch Expected => new(Next.Epoch.Value - 1);

    /// <summary>Another primary, or the same one with other members; a join is given up.</summary>
    public static ViewChange Promote(View view, ReplicaId primary, IReadOnlyList<Member> members, string reason) =>
        new(ProposalKind.Promote, view with { Epoch = view.Epoch.Next, Primary = primary, Members = members, Joining = null }, Epoch.None, reason);

    public static ViewChange Join(View view, Member joining, Epoch evidence) =>
        new(ProposalKind.Join, view with { Epoch = view.Epoch.Next, Joining = joining }, evidence, $"{joining} is nearly level");

    public static ViewChange Admit(View view, Member joining, Epoch evidence) =>
        new(ProposalKind.Admit, view with { Epoch = view.Epoch.Next, Members = [.. view.Members, joining], Joining = null }, evidence, $"{joining} is level");

    public bool IsSameAs(ViewChange? other) => other is not null && Kind == other.Kind && Next.HasSameContentAs(other.Next);
}
