using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Chaos;

/// <summary>
/// The proposals of a chaotic front end: legal, but otherwise arbitrary. When calm, it changes views only if the primary does not lead or a
/// spare is ready.
/// </summary>
internal sealed class ChaoticMoves(SimProcess process, ChaoticKnowledge knowledge, int minReplicas, Func<bool> isCalm)
{
    private ConnectionId _names;
    private long _ledMs;

    private Chance Chance => process.World.Chance;

    /// <summary>The primary was seen to lead just now.</summary>
    public void SeesLeader(Now now) => _ledMs = now.Ms;

    /// <summary>Makes a proposal, or sends a replica some view seen earlier.</summary>
    public void Move(Now now, ConnectionId names)
    {
        _names = names;
        if (knowledge.View is not { } view)
        {
            Bootstrap();
            return;
        }

        KnownReplica? leader = knowledge.Leader();
        if (leader is not null)
            SyncSpares(leader, view);
        if (!isCalm() && Chance.OneIn(3))
            SendOldView();
        if (!isCalm() && (knowledge.PromotedBack is not null || Chance.OneIn(8)))
            PromoteThereAndBack(view);
        else if (!isCalm() && Chance.OneIn(4))
            PromoteAnybody(view);
        else if (leader is not null && ProposeFrom(view, leader.Report!.Value))
            return;
        else if (leader is null && now.Ms - _ledMs > ChaoticKnowledge.PatienceMs)
            PromoteAnswering(now, view);
        else if (leader is not null && isCalm() && Chance.OneIn(4))
            DropSilent(now, view, leader);
    }

    private void Bootstrap()
    {
        List<KnownReplica> located = [.. knowledge.Replicas];
        if (located.Count < minReplicas || !located.TrueForAll(r => r.Report is { View: null }))
            return;
        Propose(ProposalKind.Bootstrap, Epoch.None, new View(
            new ClusterId(Chance.Id()), NameRules.DefaultGroup, new Epoch(1), Chance.Pick(located).Member.Id, [.. located.Select(r => r.Member)], null,
            minReplicas, 0));
    }

    private void SyncSpares(KnownReplica leader, View view)
    {
        foreach (KnownReplica replica in knowledge.Replicas.Where(r => !view.IsMember(r.Member) && r.Report is not null))
            process.Send(leader.Connection, 0, new Sync(replica.Member, replica.Endpoint));
    }

    private void SendOldView()
    {
        KnownReplica? replica = knowledge.Replicas.Count > 0 ? Chance.Pick([.. knowledge.Replicas]) : null;
        if (replica is { IsOpen: true })
            knowledge.SendView(replica, Chance.Pick(knowledge.Seen));
    }

    private void PromoteAnybody(View view)
    {
        List<Member> kept = [.. view.Members];
        while (kept.Count > view.MinReplicas && Chance.OneIn(3))
            kept.RemoveAt(Chance.Below(kept.Count));
        if (kept.Count >= view.MinReplicas)
            Promote(view, Chance.Pick(kept), kept);
    }

    /// <summary>
    /// Promotes another primary without telling the old one, and a little later promotes the old one again, dropping the other if k members
    /// remain: what it learned in its earlier epoch must count for nothing.
    /// </summary>
    private void PromoteThereAndBack(View view)
    {
        if (knowledge.PromotedBack is not { } back)
        {
            List<Member> others = [.. view.Members.Where(m => m.Id != view.Primary)];
            if (others.Count == 0)
                return;
            knowledge.PromotedBack = view.Members.First(m => m.Id == view.Primary);
            Promote(view, Chance.Pick(others), [.. view.Members]);
            return;
        }

        knowledge.PromotedBack = null;
        if (!view.IsMember(back) || back.Id == view.Primary)
            return;
        List<Member> kept = [.. view.Members.Where(m => m.Id != view.Primary)];
        Promote(view, back, kept.Count >= view.MinReplicas ? kept : [.. view.Members]);
    }

    private void PromoteAnswering(Now now, View view)
    {
        List<Member> answering = [.. view.Members.Where(m => knowledge.IsHeard(now, m))];
        if (answering.Count == 0)
            return;
        _ledMs = now.Ms;
        Promote(view, Chance.Pick(answering), FillUp(view, answering));
    }

    /// <summary>
    /// Gives up a silent joining replica even if no member can be dropped: it is in the way of a spare that could take its place.
    /// </summary>
    private void DropSilent(Now now, View view, KnownReplica leader)
    {
        List<Member> kept = FillUp(view, [.. view.Members.Where(m => knowledge.IsHeard(now, m))]);
        bool joiningIsLost = view.Joining is { } joining && !knowledge.IsHeard(now, joining);
        if (kept.Contains(leader.Member) && (kept.Count < view.Members.Count || joiningIsLost))
            Promote(view, leader.Member, kept);
    }

    /// <summary>The members that answer, and enough silent ones to make k.</summary>
    private static List<Member> FillUp(View view, List<Member> answering) =>
        [.. answering, .. view.Members.Except(answering).Take(Math.Max(0, view.MinReplicas - answering.Count))];

    private bool ProposeFrom(View view, in StatusReport report)
    {
        foreach (SpareReport spare in report.Spares)
        {
            if (spare.AckedViewStarted && view.Joining == spare.Member)
            {
                Propose(ProposalKind.Admit, view.Epoch, view with { Epoch = view.Epoch.Next, Members = [.. view.Members, spare.Member], Joining = null }, view.Epoch);
                return true;
            }

            if (spare.NearlyLevel && view.Joining is null && !view.IsMember(spare.Member) && spare.Member.Id != view.Primary)
            {
                Propose(ProposalKind.Join, view.Epoch, view with { Epoch = view.Epoch.Next, Joining = spare.Member }, view.Epoch);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Leaves out a member with the new primary's id and another disk: a view with both is not valid, and a front end never sends an
    /// invalid view.
    /// </summary>
    private void Promote(View view, Member primary, List<Member> members) => Propose(ProposalKind.Promote, view.Epoch, view with
    {
        Epoch = view.Epoch.Next,
        Primary = primary.Id,
        Members = [.. members.Where(m => m == primary || m.Id != primary.Id)],
        Joining = null,
    });

    /// <summary>
    /// Does not send an invalid view, such as one in which two members have the primary's id: its frame would close the connection.
    /// </summary>
    private void Propose(ProposalKind kind, Epoch expected, View view, Epoch evidence = default)
    {
        if (view.IsWellFormed)
            process.Send(_names, 0, new Propose(Chance.Id(), kind, expected, view, evidence, evidence != Epoch.None));
    }
}
