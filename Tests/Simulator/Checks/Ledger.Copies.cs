using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Checks;

/// <summary>A group that begins from a copy, and groups that share a name server.</summary>
internal sealed partial class Ledger
{
    private ClusterId? _copyOf;

    /// <summary>
    /// The group begins with what this disk holds, a copy of one that another ledger watches: what its tables hold counts as committed, and
    /// no other shop may ever take its place.
    /// </summary>
    public void BeginsWith(DiskImage copy, Ledger original)
    {
        Use(copy);
        _copyOf = copy.Log.Adopted!.Cluster;
        CommittedIndex = copy.Tables.At.Index.Value;
        _supplies.AddRange(original._supplies.Where(s => s.Index <= CommittedIndex));
    }

    /// <summary>The first view of such a group has the copy's replica alone: nothing commits until others have joined.</summary>
    private bool IsGrowingFromCopy(View view) =>
        view.Cluster == _copyOf && (View?.Members.Count ?? 0) < view.MinReplicas && view.Members.Count >= (View?.Members.Count ?? 0);

    private void CheckMembers(View view, ProposalKind kind)
    {
        if (_copyOf is { } cluster && view.Cluster != cluster)
            throw new ViolationException($"11: {kind} makes {view}, and an empty shop stands in the place of one that was restored from a copy");
        foreach (Member member in view.Required)
        {
            if (!_disks.ContainsKey(member.Disk.Value) && !IsWiped(member))
                throw new ViolationException($"11: {kind} makes {view}, and {member} is no disk of group {view.Group}");
        }
    }
}
