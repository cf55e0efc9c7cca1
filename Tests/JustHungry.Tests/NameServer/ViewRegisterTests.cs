using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

/// <summary>Every rule of PROTOCOL.md's table of kinds: each kind's legal proposal, and each way to break its rule alone.</summary>
public sealed class ViewRegisterTests
{
    private const long UpMs = Timing.GatherMs;

    private static readonly Member R1 = Member("1");
    private static readonly Member R2 = Member("2");
    private static readonly Member R3 = Member("3");
    private static readonly Member R4 = Member("4");
    private static readonly Member R2OnNewDisk = Member("2", disk: 9);
    private static readonly View Current = View(5, "1", [R1, R2, R3]);
    private static readonly View Joined = View(5, "1", [R1, R2, R3], joining: R4);

    [TestCaseSource(nameof(Bootstraps))]
    public void Bootstrap(ProposalOutcome expected, Propose proposal) =>
        Judge(null, proposal, Replica(R3), Replica(R1), Replica(R2)).Should().Be(expected);

    private static IEnumerable<TestCaseData> Bootstraps()
    {
        Propose legal = Proposal(ProposalKind.Bootstrap, View(1, "3", [R1, R2, R3]));
        yield return Case("of all located replicas, led by the front of the queue", ProposalOutcome.Accepted, legal);
        yield return Case("of k replicas", ProposalOutcome.Accepted, On(legal, v => v with { Members = [R3, R2] }));
        yield return Case("of those the proposer located, led by the first of them", ProposalOutcome.Accepted,
            On(legal, v => v with { Members = [R2, R1], Primary = R1.Id }));
        yield return Case("led by another than the front of the queue", ProposalOutcome.Illegal, On(legal, v => v with { Primary = R1.Id }));
        yield return Case("of fewer than k", ProposalOutcome.Illegal, On(legal, v => v with { Members = [R3] }));
        yield return Case("of a replica that is not registered", ProposalOutcome.NotRegistered, On(legal, v => v with { Members = [R3, R4] }));
        yield return Case("of a replica with another disk", ProposalOutcome.NotRegistered, On(legal, v => v with { Members = [R3, R2OnNewDisk] }));
        yield return Case("of the same replica twice", ProposalOutcome.Illegal, On(legal, v => v with { Members = [R3, R2, R2] }));
        yield return Case("led by a stranger", ProposalOutcome.Illegal, On(legal, v => v with { Primary = R4.Id }));
        yield return Case("with a joining replica", ProposalOutcome.Illegal, On(legal, v => v with { Members = [R3, R2], Joining = R1 }));
        yield return Case("with a data loss", ProposalOutcome.Illegal, On(legal, v => v with { DataLoss = 1 }));
        yield return Case("without a cluster", ProposalOutcome.Illegal, On(legal, v => v with { Cluster = ClusterId.None }));
        yield return Case("with k = 0", ProposalOutcome.Illegal, On(legal, v => v with { MinReplicas = 0 }));
        yield return Case("with a later epoch", ProposalOutcome.Illegal, On(legal, v => v with { Epoch = new Epoch(2) }));
        yield return Case("that expects a view", ProposalOutcome.LostRace, legal with { Expected = new Epoch(1) });
        yield return Case("without a proposal id", ProposalOutcome.Illegal, legal with { ProposalId = 0 });
        yield return Case("that calls itself a promotion", ProposalOutcome.Illegal, legal with { Kind = ProposalKind.Promote });
        yield return Case("that calls itself a repair", ProposalOutcome.Illegal, legal with { Kind = ProposalKind.Repair });
    }

    [Test]
    public void Bootstrap_waits_until_the_name_server_has_been_up_for_a_second() =>
        Judge(null, Proposal(ProposalKind.Bootstrap, View(1, "1", [R1, R2])), UpMs - 1, Replica(R1), Replica(R2)).Should().Be(ProposalOutcome.TooEarly);

    [Test]
    public void Bootstrap_is_refused_while_a_replica_with_a_cluster_is_registered() =>
        Judge(null, Proposal(ProposalKind.Bootstrap, View(1, "1", [R1, R2])), Replica(R1), Replica(R2), Replica(R3, adopted: 4))
            .Should().Be(ProposalOutcome.NeedsRepair);

    [TestCaseSource(nameof(Promotions))]
    public void Promote(ProposalOutcome expected, View current, Propose proposal) =>
        Judge(current, proposal, Replica(R2, adopted: 5)).Should().Be(expected);

    private static IEnumerable<TestCaseData> Promotions()
    {
        Propose legal = Proposal(ProposalKind.Promote, View(6, "2", [R1, R2, R3]));
        yield return Case("of another member, silent ones kept", ProposalOutcome.Accepted, Current, legal);
        yield return Case("of another member, a dead one dropped", ProposalOutcome.Accepted, Current, On(legal, v => v with { Members = [R2, R3] }));
        yield return Case("of the same primary, to drop a member", ProposalOutcome.Accepted, Current,
            On(legal, v => v with { Primary = R1.Id, Members = [R1, R3] }));
        yield return Case("of the same primary, to give up a join", ProposalOutcome.Accepted, Joined, On(legal, v => v with { Primary = R1.Id }));
        yield return Case("that keeps joining", ProposalOutcome.Illegal, Joined, On(legal, v => v with { Joining = R4 }));
        yield return Case("that makes joining a member", ProposalOutcome.Illegal, Joined, On(legal, v => v with { Members = [R1, R2, R3, R4] }));
        yield return Case("of the joining replica", ProposalOutcome.Illegal, Joined, On(legal, v => v with { Primary = R4.Id, Members = [R1, R4] }));
        yield return Case("of a stranger", ProposalOutcome.Illegal, Current, On(legal, v => v with { Primary = R4.Id, Members = [R2, R4] }));
        yield return Case("of a primary outside M'", ProposalOutcome.Illegal, Current, On(legal, v => v with { Members = [R1, R3] }));
        yield return Case("of a member whose disk is new", ProposalOutcome.Illegal, Current, On(legal, v => v with { Members = [R1, R2OnNewDisk] }));
        yield return Case("with fewer than k", ProposalOutcome.Illegal, Current, On(legal, v => v with { Members = [R2] }));
        yield return Case("with a replica twice to make up k", ProposalOutcome.Illegal, Current, On(legal, v => v with { Members = [R2, R2] }));
        yield return Case("with a smaller k", ProposalOutcome.Illegal, Current, On(legal, v => v with { MinReplicas = 1, Members = [R2] }));
        yield return Case("in another cluster", ProposalOutcome.Illegal, Current, On(legal, v => v with { Cluster = new ClusterId(1) }));
        yield return Case("with another data loss", ProposalOutcome.Illegal, Current, On(legal, v => v with { DataLoss = 1 }));
        yield return Case("that skips an epoch", ProposalOutcome.Illegal, Current, On(legal, v => v with { Epoch = new Epoch(7) }));
        yield return Case("that repeats the epoch", ProposalOutcome.Illegal, Current, On(legal, v => v with { Epoch = new Epoch(5) }));
        yield return Case("that rests on an earlier view", ProposalOutcome.LostRace, Current,
            On(legal, v => v with { Epoch = new Epoch(5) }) with { Expected = new Epoch(4) });
        yield return Case("for another group", ProposalOutcome.Illegal, Current, On(legal, v => v with { Group = "other" }));
        yield return Case("of an id that stands for two disks", ProposalOutcome.Illegal, View(5, "1", [R1, R2, R2OnNewDisk]),
            On(legal, v => v with { Members = [R1, R2, R2OnNewDisk] }));
        yield return Case("that drops the old disk of a replica", ProposalOutcome.Accepted, View(5, "1", [R1, R2, R2OnNewDisk]),
            On(legal, v => v with { Primary = R1.Id, Members = [R1, R2OnNewDisk] }));
        yield return Case("after an unclean promotion, of the one member that is left", ProposalOutcome.Accepted, View(5, "1", [R1]),
            On(legal, v => v with { Primary = R1.Id, Members = [R1] }));
        yield return Case("below k, that drops a member still", ProposalOutcome.Illegal, View(5, "1", [R1, R2], minReplicas: 3),
            On(legal, v => v with { Primary = R1.Id, Members = [R1], MinReplicas = 3 }));
        yield return Case("that calls itself a bootstrap", ProposalOutcome.Illegal, Current, legal with { Kind = ProposalKind.Bootstrap });
    }

    [TestCaseSource(nameof(Joins))]
    public void Join(ProposalOutcome expected, View current, Propose proposal) =>
        Judge(current, proposal, Replica(R1, adopted: 5), Replica(R4)).Should().Be(expected);

    private static IEnumerable<TestCaseData> Joins()
    {
        Propose legal = Proposal(ProposalKind.Join, View(6, "1", [R1, R2, R3], joining: R4)) with { EvidenceEpoch = new Epoch(5), EvidenceHolds = true };
        yield return Case("of a registered, nearly level spare", ProposalOutcome.Accepted, Current, legal);
        yield return Case("of the new disk of a dead member", ProposalOutcome.NotRegistered, Current, On(legal, v => v with { Joining = R2OnNewDisk }));
        yield return Case("of a spare that is registered with another disk", ProposalOutcome.NotRegistered, Current,
            On(legal, v => v with { Joining = Member("4", disk: 2) }));
        yield return Case("of nobody", ProposalOutcome.Illegal, Current, On(legal, v => v with { Joining = null }));
        yield return Case("of a member", ProposalOutcome.Illegal, Current, On(legal, v => v with { Joining = R2 }));
        yield return Case("of the primary's id with a new disk", ProposalOutcome.Illegal, Current, On(legal, v => v with { Joining = Member("1", disk: 9) }));
        yield return Case("while another joins", ProposalOutcome.Illegal, View(5, "1", [R1, R2], joining: R3),
            On(legal, v => v with { Members = [R1, R2] }));
        yield return Case("without evidence", ProposalOutcome.Illegal, Current, legal with { EvidenceHolds = false });
        yield return Case("with evidence of an earlier epoch", ProposalOutcome.Illegal, Current, legal with { EvidenceEpoch = new Epoch(4) });
        yield return Case("that drops a member", ProposalOutcome.Illegal, Current, On(legal, v => v with { Members = [R1, R2] }));
        yield return Case("that swaps the primary", ProposalOutcome.Illegal, Current, On(legal, v => v with { Primary = R2.Id }));
        yield return Case("with another k", ProposalOutcome.Illegal, Current, On(legal, v => v with { MinReplicas = 3 }));
    }

    [TestCaseSource(nameof(Admissions))]
    public void Admit(ProposalOutcome expected, View current, Propose proposal) =>
        Judge(current, proposal, Replica(R1, adopted: 5)).Should().Be(expected);

    private static IEnumerable<TestCaseData> Admissions()
    {
        Propose legal = Proposal(ProposalKind.Admit, View(6, "1", [R1, R2, R3, R4])) with { EvidenceEpoch = new Epoch(5), EvidenceHolds = true };
        yield return Case("of the joining replica", ProposalOutcome.Accepted, Joined, legal);
        yield return Case("without a join", ProposalOutcome.Illegal, Current, legal);
        yield return Case("of another than the joining one", ProposalOutcome.Illegal, Joined, On(legal, v => v with { Members = [R1, R2, R3, Member("5")] }));
        yield return Case("of the joining id with another disk", ProposalOutcome.Illegal, Joined,
            On(legal, v => v with { Members = [R1, R2, R3, Member("4", disk: 2)] }));
        yield return Case("that drops a member", ProposalOutcome.Illegal, Joined, On(legal, v => v with { Members = [R1, R2, R4] }));
        yield return Case("that keeps joining", ProposalOutcome.Illegal, Joined, On(legal, v => v with { Members = [R1, R2, R3], Joining = R4 }));
        yield return Case("that swaps the primary", ProposalOutcome.Illegal, Joined, On(legal, v => v with { Primary = R4.Id }));
        yield return Case("without evidence", ProposalOutcome.Illegal, Joined, legal with { EvidenceHolds = false });
        yield return Case("with evidence of an earlier epoch", ProposalOutcome.Illegal, Joined, legal with { EvidenceEpoch = new Epoch(4) });
        yield return Case("with evidence of a later epoch", ProposalOutcome.Illegal, Joined, legal with { EvidenceEpoch = new Epoch(6) });
    }

    [TestCaseSource(nameof(UncleanPromotions))]
    public void Unclean(ProposalOutcome expected, View current, Propose proposal) =>
        Judge(current, proposal, Replica(R2, adopted: 4), Replica(R4, adopted: 3), Replica(R3)).Should().Be(expected);

    private static IEnumerable<TestCaseData> UncleanPromotions()
    {
        Propose legal = Beginning(Proposal(ProposalKind.Unclean, View(6, "2", [R2], dataLoss: 1)));
        yield return Case("of a member", ProposalOutcome.Accepted, Current, legal);
        yield return Case("of a replica that was dropped", ProposalOutcome.Accepted, Joined, On(legal, v => v with { Primary = R4.Id, Members = [R4] }));
        yield return Case("of a replica that no cluster has taken in", ProposalOutcome.NotRegistered, Current,
            On(legal, v => v with { Primary = R3.Id, Members = [R3] }));
        yield return Case("of a replica that is not registered", ProposalOutcome.NotRegistered, Current,
            On(legal, v => v with { Primary = R1.Id, Members = [R1] }));
        yield return Case("of two", ProposalOutcome.Illegal, Current, On(legal, v => v with { Members = [R2, R4] }));
        yield return Case("in the lineage that was", ProposalOutcome.Illegal, Current, On(legal, v => v with { Lineage = Lineage.First }));
        yield return Case("in a lineage that another proposal began", ProposalOutcome.Illegal, Current, On(legal, v => v with { Lineage = new Lineage(43, v.Epoch) }));
        yield return Case("that hides the loss", ProposalOutcome.Illegal, Current, On(legal, v => v with { DataLoss = 0 }));
        yield return Case("with a joining replica", ProposalOutcome.Illegal, Current, On(legal, v => v with { Joining = R4 }));
        yield return Case("in another cluster", ProposalOutcome.Illegal, Current, On(legal, v => v with { Cluster = new ClusterId(1) }));
        yield return Case("that skips an epoch", ProposalOutcome.Illegal, Current, On(legal, v => v with { Epoch = new Epoch(1_006) }));
    }

    [TestCaseSource(nameof(Repairs))]
    public void Repair(ProposalOutcome expected, View? current, Propose proposal, ulong adopted) =>
        Judge(current, proposal, Replica(R1, adopted), Replica(R2, adopted), Replica(R3, adopted - 1)).Should().Be(expected);

    private static IEnumerable<TestCaseData> Repairs()
    {
        Propose lost = Beginning(Proposal(ProposalKind.Repair, View(1_008, "1", [R1, R2]))) with { Expected = Epoch.None };
        Propose behind = lost with { Expected = new Epoch(5) };
        yield return Case("of a lost register", ProposalOutcome.Accepted, null, lost, 8ul);
        yield return Case("of an old copy", ProposalOutcome.Accepted, Current, behind, 8ul);
        yield return Case("of a register that is right", ProposalOutcome.Illegal, Current, Beginning(On(behind, v => v with { Epoch = new Epoch(1_005) })), 5ul);
        yield return Case("with the epoch of a lesser replica", ProposalOutcome.Illegal, null, Beginning(On(lost, v => v with { Epoch = new Epoch(1_007) })), 8ul);
        yield return Case("with the next epoch only", ProposalOutcome.Illegal, null, Beginning(On(lost, v => v with { Epoch = new Epoch(9) })), 8ul);
        yield return Case("that expects another view", ProposalOutcome.LostRace, Current, behind with { Expected = new Epoch(4) }, 8ul);
        yield return Case("of another cluster", ProposalOutcome.Illegal, Current, On(behind, v => v with { Cluster = new ClusterId(1) }), 8ul);
        yield return Case("in the lineage that was", ProposalOutcome.Illegal, null, On(lost, v => v with { Lineage = Lineage.First }), 8ul);
        yield return Case("with a member that has another view", ProposalOutcome.Illegal, null, On(lost, v => v with { Members = [R1, R2, R3] }), 8ul);
        yield return Case("with a member that is away", ProposalOutcome.Illegal, null, On(lost, v => v with { Members = [R1, R2, R4] }), 8ul);
        yield return Case("with a joining replica that is away", ProposalOutcome.Illegal, null, On(lost, v => v with { Joining = R4 }), 8ul);
        yield return Case("that keeps two and counts a loss", ProposalOutcome.Illegal, null, On(lost, v => v with { Members = [R1, R3], DataLoss = 1 }), 8ul);
        yield return Case("that keeps one and counts the loss", ProposalOutcome.Accepted, null, On(lost, v => v with { Primary = R3.Id, Members = [R3], DataLoss = 1 }), 8ul);
        yield return Case("that keeps one and hides the loss", ProposalOutcome.Illegal, null, On(lost, v => v with { Primary = R3.Id, Members = [R3] }), 8ul);
        yield return Case("that keeps one who is not registered", ProposalOutcome.Illegal, null, On(lost, v => v with { Primary = R4.Id, Members = [R4], DataLoss = 1 }), 8ul);
        yield return Case("that forgets a data loss", ProposalOutcome.Illegal, Current with { DataLoss = 1 }, behind, 8ul);
    }

    [Test]
    public void A_register_behind_its_replicas_refuses_every_other_change()
    {
        Propose promote = Proposal(ProposalKind.Promote, View(6, "2", [R1, R2]));
        Judge(Current, promote, Replica(R1, adopted: 5), Replica(R3, adopted: 6)).Should().Be(ProposalOutcome.NeedsRepair);
    }

    [Test]
    public void A_later_epoch_that_was_seen_once_is_not_forgotten_when_its_replica_goes()
    {
        ViewRegister register = RegisterWith(Current);
        register.Notice(Replica(R3, adopted: 6));

        register.Health([Entry(Replica(R1, adopted: 5))]).Should().Be(GroupHealth.RegisterBehind);
        register.Judge(Proposal(ProposalKind.Promote, View(6, "2", [R1, R2])), [], UpMs).Should().Be(ProposalOutcome.NeedsRepair);

        register.Adopt(new StoredView(9, ProposalKind.Repair, Current with { Epoch = new Epoch(1_005) }));
        register.Health([Entry(Replica(R1, adopted: 5))]).Should().Be(GroupHealth.Healthy);
    }

    [Test]
    public void Two_clusters_under_one_group_stop_every_change()
    {
        Registration stranger = Replica(R4, adopted: 1, cluster: new ClusterId(1));
        Judge(Current, Proposal(ProposalKind.Promote, View(6, "2", [R1, R2])), Replica(R1, adopted: 5), stranger).Should().Be(ProposalOutcome.TwoClusters);
        Judge(null, Proposal(ProposalKind.Bootstrap, View(1, "2", [R2, R3])), Replica(R2), Replica(R3), Replica(R1, adopted: 5), stranger)
            .Should().Be(ProposalOutcome.TwoClusters);
        Judge(null, Proposal(ProposalKind.Repair, View(1_005, "1", [R1, R2])) with { Expected = Epoch.None }, Replica(R1, adopted: 5), stranger)
            .Should().Be(ProposalOutcome.TwoClusters);
    }

    [Test]
    public void Right_after_a_start_every_member_must_have_called_with_its_epoch_or_a_second_must_pass()
    {
        ViewRegister register = RegisterWith(Current);
        Propose promote = Proposal(ProposalKind.Promote, View(6, "2", [R1, R2, R3]));
        NameEntry[] called = [Entry(Replica(R1, adopted: 5)), Entry(Replica(R2, adopted: 5)), Entry(Replica(R3, adopted: 5))];
        NameEntry restored = NameEntry.Create(new StoredName(3, Replica(R3, adopted: 5), HasCalled: false), null);
        NameEntry wiped = Entry(Replica(Member("3", disk: 9)));

        register.Judge(promote, called[..2], UpMs - 1).Should().Be(ProposalOutcome.TooEarly);
        register.Judge(promote, [.. called[..2], restored], UpMs - 1).Should().Be(ProposalOutcome.TooEarly, "that one only stands in the storage");
        register.Judge(promote, [.. called[..2], wiped], UpMs - 1).Should().Be(ProposalOutcome.TooEarly, "that is not the member");
        register.Judge(promote, called, 0).Should().Be(ProposalOutcome.Accepted);
        register.Judge(promote, called[..2], UpMs).Should().Be(ProposalOutcome.Accepted);
    }

    [Test]
    public void The_proposal_that_made_the_view_is_answered_alike_when_it_comes_again()
    {
        ViewRegister register = RegisterWith(Current);
        Propose promote = Proposal(ProposalKind.Promote, View(6, "2", [R1, R2, R3]));
        register.Judge(promote, [], UpMs).Should().Be(ProposalOutcome.Accepted);
        register.Adopt(new StoredView(promote.ProposalId, promote.Kind, promote.View));

        register.Judge(promote, [], UpMs).Should().Be(ProposalOutcome.Accepted);
        register.Judge(promote with { ProposalId = 999 }, [], UpMs).Should().Be(ProposalOutcome.LostRace, "that is somebody else's");
    }

    private static ProposalOutcome Judge(View? current, in Propose proposal, params Registration[] registered) =>
        Judge(current, proposal, UpMs, registered);

    private static ProposalOutcome Judge(View? current, in Propose proposal, long upMs, params Registration[] registered) =>
        RegisterWith(current).Judge(proposal, [.. registered.Select(Entry)], upMs);

    private static ViewRegister RegisterWith(View? current)
    {
        var register = new ViewRegister(Group);
        if (current is not null)
            register.Adopt(new StoredView(1, ProposalKind.Bootstrap, current));
        return register;
    }

    private static NameEntry Entry(Registration registration) => NameEntry.Create(new StoredName(1, registration, HasCalled: true), null);

    private static Propose Proposal(ProposalKind kind, View view) =>
        new(42, kind, new Epoch(view.Epoch.Value - 1), view, Epoch.None, EvidenceHolds: false);

    /// <summary>As an operator's proposals do, it begins a lineage.</summary>
    private static Propose Beginning(Propose proposal) => On(proposal, v => v with { Lineage = new Lineage(proposal.ProposalId, v.Epoch) });

    private static Propose On(Propose proposal, Func<View, View> change) => proposal with { View = change(proposal.View) };

    private static TestCaseData Case(string name, ProposalOutcome expected, params object?[] arguments) =>
        new TestCaseData([expected, .. arguments]).SetArgDisplayNames(name, expected.ToString());
}
