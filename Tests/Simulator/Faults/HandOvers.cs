using JustHungry.FrontEnd.Commands;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.Scenarios;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>An operator who runs <c>frontend promote ID</c>, whatever happens meanwhile. The command's own core makes the next view.</summary>
internal sealed class HandOvers(Cluster cluster)
{
    private const int TriesMax = 5;
    private const long RetryUs = 300_000;
    private const long AskingMostUs = 1_000_000;

    private readonly SimWorld _world = cluster.World;
    private OperatorPuppet? _operator;

    private OperatorPuppet Operator => _operator ??= new OperatorPuppet(_world, cluster.NameServer, number: 1);

    /// <summary>Promotes any member that answers.</summary>
    public void Promote()
    {
        if (Survey(cluster) is not { View: { } view } survey)
            return;
        List<SurveyedReplica> members = [.. survey.Replicas.Where(r => r.Report is not null && view.IsMember(r.Member))];
        if (members.Count > 0)
            Try(_world.Chance.Pick(members).Member.Id, TriesMax);
    }

    /// <summary>What the command finds: the register, and every replica that answers. Null if the name server does not.</summary>
    public static GroupSurvey? Survey(Cluster cluster)
    {
        if (cluster.Names is not { Core: not null, IsFrozen: false })
            return null;
        View? view = cluster.Names.Storage.View;
        List<SurveyedReplica> located = [.. cluster.Replicas.Select(r =>
            new SurveyedReplica(r.Member, r.Endpoint, r is { Core: { } core, IsFrozen: false } ? core.Views.Report(default) : null))];
        IEnumerable<SurveyedReplica> missing = (view?.Members ?? []).Where(m => located.TrueForAll(r => r.Member != m)).Select(m => new SurveyedReplica(m, null, null));
        return new GroupSurvey(view, GroupHealth.Healthy, [.. located, .. missing], []);
    }

    private void Try(ReplicaId id, int triesLeft)
    {
        if (triesLeft == 0 || Survey(cluster) is not { View: { } view } survey || survey.Find(id.Value) is not { Report: { } report } replica ||
            !view.IsMember(replica.Member) || (view.IsPrimary(replica.Member) && report.Leading))
            return;

        ViewChange change = PromoteCommand.Planned(survey, view, replica.Member);
        var proposal = new Propose(_world.Chance.Id(), change.Kind, change.Expected, change.Next, Epoch.None, EvidenceHolds: false);
        _world.Time.After(_world.Chance.Skewed(1_000, AskingMostUs), () => Operator.Propose(proposal, outcome =>
        {
            if (outcome == ProposalOutcome.Accepted)
                Announce(change.Next);
            else if (outcome is ProposalOutcome.LostRace or ProposalOutcome.TooEarly)
                _world.Time.After(RetryUs, () => Try(id, triesLeft - 1));
        }));
    }

    private void Announce(View view)
    {
        List<ReplicaNode> reachable = cluster.Replicas.FindAll(r => r is { IsUp: true, IsFrozen: false });
        var message = new NewView(view, [.. reachable.Select(r => new MemberEndpoint(r.Member, r.Endpoint))]);
        reachable.ForEach(r => Operator.Tell(r.Endpoint, message));
    }
}
