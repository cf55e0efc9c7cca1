using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Nodes;

/// <summary>Writes what a front end would log to the trace, and fails on what must never be logged.</summary>
internal sealed class FrontEndNotes(FrontEndNode node) : IFrontEndEvents
{
    public void Ready() => Say("is ready");

    public void Ended(int exitCode, string? message)
    {
        Say($"ends with {exitCode}: {message}");
        node.Effect(node.Exit);
    }

    public void ViewChanged(View? previous, View view, string? reason) => Say($"sees {view} {reason}");

    public void ProposalRefused(ViewChange change, ProposalOutcome outcome) => Say($"is refused {change.Kind}: {outcome}");

    public void HealthChanged(GroupHealth health) => Say($"hears that the group is {health}");

    public void ViewConflicts(View inForce, View other) => throw new ViolationException($"5: {node.Name} works in {inForce} and sees {other}");

    public void EntriesLost(Epoch epoch, Member member) =>
        throw new ViolationException($"3: the primary of epoch {epoch} says that {member} has lost entries, and no disk lies here");

    public void RunningShort(int answering, int needed) => Say($"finds {answering} replicas where {needed} are needed");

    private void Say(string what)
    {
        if (node.World.Trace.KeepsLines)
            node.World.Say(node.Name, "** " + what);
    }
}
