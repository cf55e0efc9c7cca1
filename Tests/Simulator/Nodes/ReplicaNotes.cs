using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Nodes;

/// <summary>Writes what a replica would log to the trace, and fails on what must never be logged.</summary>
internal sealed class ReplicaNotes(ReplicaNode node) : IReplicaEvents
{
    public void Adopted(View view, ReplicaRole role) => Say($"adopts {view} as {role}");

    public void Leads(Epoch epoch, EntryIndex viewStarted) => Say($"LEADS epoch {epoch} from entry {viewStarted}");

    public void SteppedDown(Epoch epoch, Epoch later) => Say($"steps down from {epoch} for {later}");

    public void FollowerLevel(Member follower, EntryIndex match) => Say($"has {follower} level at {match}");

    public void Stalled(Epoch epoch, StalledMember member) => Say($"finds {member.Member} stalled: {member.Reason}");

    public void TransferBegun(Member spare, EntryPosition at) => Say($"transfers its state at {at} to {spare}");

    public void TransferEnded(Member spare, int chunks) => Say($"has transferred {chunks} chunks to {spare}");

    public void InstallBegun(EntryPosition at) => Say($"installs a state at {at}");

    public void InstallEnded(EntryPosition at) => Say($"has installed a state at {at}");

    public void ConflictingView(View adopted, View other)
    {
        if (adopted.Epoch == other.Epoch)
            throw new ViolationException($"5: {node.Name} has adopted {adopted} and is sent {other}");
        Say($"refuses a view of a fork: {other}");
    }

    public void GroupHealthChanged(GroupHealth health) => Say($"hears that the group is {health}");

    public void NameServerReached() => Say("has reached the name server");

    public void NameServerLost() => Say("has lost the name server");

    public void NameTaken(Registration holder)
    {
        Say("has lost its name");
        node.Effect(node.Exit);
    }

    public void MustSetAside(View view, EntryPosition last)
    {
        if (view.Lineage == Lineage.First)
            throw new ViolationException($"{node.Name} must set its disk aside for {view}, and no operator has begun a lineage");
        Say($"sets its disk aside for {view}");
    }

    private void Say(string what)
    {
        if (node.World.Trace.KeepsLines)
            node.World.Say(node.Name, "** " + what);
    }
}
