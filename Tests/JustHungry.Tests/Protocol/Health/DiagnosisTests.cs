using FluentAssertions;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Health;

/// <summary>The verdict on a group, for each state that somebody can find it in.</summary>
internal sealed class DiagnosisTests
{
    private static readonly Member One = new(new ReplicaId("1"), new DiskId(0xA1));
    private static readonly Member Two = new(new ReplicaId("2"), new DiskId(0xA2));
    private static readonly Member Three = new(new ReplicaId("3"), new DiskId(0xA3));
    private static readonly Member Four = new(new ReplicaId("4"), new DiskId(0xA4));
    private static readonly View All = new(new ClusterId(7), "G", new Epoch(4), One.Id, [One, Two, Three], null, 2, 0);
    private static readonly View Stray = new(new ClusterId(8), "G", new Epoch(40), new ReplicaId("9"), [new Member(new ReplicaId("9"), new DiskId(9))], null, 2, 0);
    private static readonly KnownFrontEnd FrontEnd = new("127.0.0.1:5001", Answers: true, HearsPrimary: true);

    /// <summary>Three members of which the first leads, a name server and a front end: all is well.</summary>
    private static GroupKnowledge Well => new()
    {
        Group = "G",
        NameServer = new Endpoint("10.0.0.5", 9090),
        NameServerAnswers = true,
        View = All,
        Replicas = [Answering(One), Answering(Two), Answering(Three)],
        FrontEnds = [FrontEnd],
    };

    private static IEnumerable<TestCaseData> States()
    {
        GroupKnowledge empty = Well with { View = null, Replicas = [], FrontEnds = [] };
        View pair = All with { Members = [One, Two] };
        View lone = All with { Members = [One] };
        yield return Case("all is well", Well, "OK");
        yield return Case("front ends are not known", Well with { FrontEnds = null }, "OK");
        yield return Case("a member is silent and will be dropped", Well with { Replicas = [Answering(One), Answering(Two), Silent(Three)] },
            "DEGRADED: 3 does not answer - start 3 again, or another server");
        yield return Case("a dead one was dropped", Well with { View = pair, Replicas = [Answering(One, pair), Answering(Two, pair), Silent(Three)] },
            "DEGRADED: 3 does not answer; 2 members, and orders need 2: the next loss stops them - start 3 again, or another server");
        yield return Case("two servers are all there are", Well with { View = pair, Replicas = [Answering(One, pair), Answering(Two, pair)] },
            "DEGRADED: 2 members, and orders need 2: the next loss stops them - start another server");
        yield return Case("a third one is about to join", Well with { View = pair, Replicas = [Answering(One, pair), Answering(Two, pair), Answering(Three, pair)] },
            "DEGRADED: 2 members, and orders need 2: the next loss stops them - wait until another server has joined");
        yield return Case("the name server is away", Well with { NameServerAnswers = false },
            "DEGRADED: the name server at 10.0.0.5:9090 is away: a server that dies now can't be replaced - start 'nameserver' at 10.0.0.5:9090");
        yield return Case("the register is lost, and the replicas know the view", Well with { View = null, Health = GroupHealth.RegisterLost },
            "DEGRADED: the name server has lost the view: a server that dies now can't be replaced - run 'nameserver repair --group G'");
        yield return Case("a clock is wrong", Well with { Replicas = [At(One, 3_000, 3_020), At(Two, -10, 10), At(Three, -2_540, -2_500), Answering(Four)] },
            "DEGRADED: the clock of 1 is 5.5 s ahead of that of 3 - let NTP set the clocks");
        yield return Case("clocks may be a second apart, or answers slow", Well with { Replicas = [At(One, 0, 900), At(Two, 1_000, 1_900), At(Three, 1_900, 2_000)] }, "OK");
        yield return Case("one of two front ends is silent", Well with { FrontEnds = [FrontEnd, new KnownFrontEnd("127.0.0.1:5002", false, false)] },
            "DEGRADED: front end 127.0.0.1:5002 does not answer");

        yield return Case("nothing was started", empty, "NOT TAKING ORDERS: none of the 2 servers that orders need answer - start servers with 'server ID'");
        yield return Case("the group is mistyped", empty with { Group = "JH_order", OtherGroups = ["JH_orders"] },
            "NOT TAKING ORDERS: new group JH_order; this name server also holds JH_orders - check --group, or start servers with 'server ID'");
        yield return Case("one server was started", empty with { Replicas = [Fresh(One)] },
            "NOT TAKING ORDERS: 1 of the 2 servers that orders need answers - start servers with 'server ID'");
        yield return Case("no front end was started", empty with { Replicas = [Fresh(One), Fresh(Two)] }, "NOT TAKING ORDERS: no front end answers - start one with 'frontend'");
        yield return Case("all was started just now", empty with { Replicas = [Fresh(One), Fresh(Two)], FrontEnds = [FrontEnd] },
            "NOT TAKING ORDERS: the group is about to get its first view");
        yield return Case("two clusters under one name", empty with { Replicas = [Fresh(One), Fresh(Two)], Health = GroupHealth.TwoClusters },
            "NOT TAKING ORDERS: servers of two clusters are registered as group G - stop the servers of one");
        yield return Case("nobody answers at all", empty with { NameServerAnswers = false },
            "NOT TAKING ORDERS: the name server at 10.0.0.5:9090 is away, and no server of group G answers - start 'nameserver' at 10.0.0.5:9090");

        yield return Case("one server is left", Well with { Replicas = [Answering(One), Silent(Two), Silent(Three)] },
            "NOT TAKING ORDERS: 1 of the 2 servers that orders need answers (2, 3 do not) - start 2, 3 again, or another server");
        yield return Case("no front end is left", Well with { FrontEnds = [] }, "NOT TAKING ORDERS: no front end answers - start one with 'frontend'");
        yield return Case("no front end hears the primary", Well with { FrontEnds = [FrontEnd with { HearsPrimary = false }] },
            "NOT TAKING ORDERS: no front end hears the primary, 1 - check the network between them, if this lasts");
        yield return Case("a lone primary, and a spare", Well with { View = lone, Replicas = [Answering(One, lone), Answering(Two, lone)] },
            "NOT TAKING ORDERS: the view has 1 member, and orders need 2 - wait until another server has joined; start one if none does");
        yield return Case("a lone primary, a spare, and no name server", Well with { View = lone, Replicas = [Answering(One, lone), Answering(Two, lone)], NameServerAnswers = false },
            "NOT TAKING ORDERS: the view has 1 member, and orders need 2, and no other can be admitted: the name server at 10.0.0.5:9090 is away - start 'nameserver' at 10.0.0.5:9090");
        yield return Case("the primary is dead", Well with { Replicas = [Silent(One), Answering(Two), Answering(Three)] }, "NOT TAKING ORDERS: the primary, 1, does not answer");
        yield return Case("the primary is dead, and the name server away", Well with { Replicas = [Silent(One), Answering(Two), Answering(Three)], NameServerAnswers = false },
            "NOT TAKING ORDERS: the primary, 1, does not answer, and it can't be replaced: the name server at 10.0.0.5:9090 is away - start 'nameserver' at 10.0.0.5:9090");
        yield return Case("a backup is dead, and the name server away", Well with { Replicas = [Answering(One), Silent(Two), Answering(Three)], NameServerAnswers = false },
            "NOT TAKING ORDERS: 2 must acknowledge every order and does not answer, and it can't be dropped: the name server at 10.0.0.5:9090 is away - " +
            "start 'nameserver' at 10.0.0.5:9090, or start 2 again, or another server");
    }

    private static IEnumerable<TestCaseData> StatesInWhichNothingCommits()
    {
        View pair = All with { Members = [One, Two] };
        View joining = pair with { Joining = Three };
        yield return Case("a backup is dead and only a spare could take its place", Well with { View = pair, Replicas = [Answering(One, pair), Silent(Two), Answering(Three, pair)] },
            "NOT TAKING ORDERS: 2 must acknowledge every order and does not answer, and can't be dropped before another server has joined - " +
            "wait until one has, or start 2 again, or another server");
        yield return Case("the joining one is dead and the name server away",
            Well with { View = joining, Replicas = [Answering(One, joining), Answering(Two, joining), Silent(Three)], NameServerAnswers = false },
            "NOT TAKING ORDERS: 3 must acknowledge every order and does not answer, and it can't be dropped: the name server at 10.0.0.5:9090 is away - " +
            "start 'nameserver' at 10.0.0.5:9090, or start 3 again, or another server");
        yield return Case("a disk hangs", Well with { HeldUpBy = [Two] },
            "NOT TAKING ORDERS: nothing commits: 2 must acknowledge every order and does not - look at the disk and the network of 2, if this lasts");
        yield return Case("only one server of this cluster answers", Well with { View = pair, Replicas = [Answering(One, pair), Silent(Two), Answering(Three, Stray)] },
            "NOT TAKING ORDERS: 1 of the 2 servers that orders need answers (2 does not) - start 2 again, or another server");
        yield return Case("four servers are needed at first", Well with { View = null, Replicas = [Fresh(One), Fresh(Two), Fresh(Three)], MinReplicasAtFirst = 4 },
            "NOT TAKING ORDERS: 3 of the 4 servers that orders need answer - start servers with 'server ID'");
    }

    [TestCaseSource(nameof(States))]
    [TestCaseSource(nameof(StatesInWhichNothingCommits))]
    public void Each_state_has_its_line(GroupKnowledge known, string line) => Diagnosis.Of(known).ToString().Should().Be(line);

    [Test]
    public void A_clock_was_read_at_some_moment_while_its_answer_was_awaited()
    {
        ClockReading.Of(theirUtcMs: 9_000, answeredUtcMs: 8_000, tookMs: 300).Should().Be(new ClockReading(1_000, 1_300));
        ClockReading.Of(theirUtcMs: null, answeredUtcMs: 8_000, tookMs: 300).Should().BeNull();
        new ClockReading(1_000, 1_300).AheadOf(new ClockReading(-50, 50)).Should().Be(950);
    }

    [Test]
    public void A_later_view_of_another_history_does_not_count_while_the_registers_is_led()
    {
        KnownReplica[] with = [Answering(One), Answering(Two), Answering(Three)];
        View otherLineage = All with { Epoch = new Epoch(9), Lineage = new Lineage(5, new Epoch(8)) };
        foreach (View stray in new[] { Stray, otherLineage })
        {
            Diagnosis.Of(Well with { Replicas = [.. with, Answering(Four, stray)] }).Should().Be(Verdict.Ok, "orders go on");
            Diagnosis.Of(Well with { View = null, NameServerAnswers = false, Replicas = [Answering(Four, stray), .. with] }).ToString().Should()
                .StartWith("DEGRADED: the name server", "without a register, the view that is led is the one");
        }
    }

    [Test]
    public void A_later_lineage_that_is_led_counts_for_a_register_that_was_restored_from_an_old_copy()
    {
        View since = All with { Epoch = new Epoch(1004), Lineage = new Lineage(5, new Epoch(1004)) };
        Diagnosis.Of(Well with { Health = GroupHealth.RegisterBehind, Replicas = [Answering(One, since), Answering(Two, since), Answering(Three, since)] }).ToString().Should()
            .StartWith("DEGRADED: the name server holds an old view");
    }

    [Test]
    public void The_latest_view_counts_whoever_knows_it()
    {
        View later = All with { Epoch = new Epoch(5), Primary = Two.Id };
        KnownReplica[] ahead = [Answering(One, later), Answering(Two, later), Answering(Three, later)];
        Diagnosis.Of(Well with { Replicas = ahead }).Should().Be(Verdict.Ok, "the name server's answer came before the change");
    }

    [Test]
    public void A_server_takes_orders_while_it_has_a_part_in_a_view_that_is_led()
    {
        StatusReport member = Report(Two, All);
        Of(member).Should().Be("OK");
        Of(Report(One, All)).Should().Be("OK");
        Of(Report(Two, null)).Should().Be("NOT TAKING ORDERS: there is no view yet - start servers with 'server ID' until there are 2, and a front end with 'frontend'");
        Of(member with { HearsPrimary = false }).Should().Be("NOT TAKING ORDERS: 2 does not hear the primary, 1");
        Of(Report(One, All) with { Leading = false }).Should().Be("NOT TAKING ORDERS: 1 is to be the primary, and does not lead yet");
        Of(Report(One, All with { Members = [One] })).Should()
            .Be("NOT TAKING ORDERS: the view has 1 member, and orders need 2 - wait until another server has joined; start one if none does");
        Of(Report(Three, All with { Members = [One, Two] })).Should().Be("DEGRADED: 3 is a spare: it takes no part until it has joined");
        Of(Report(Three, All with { Members = [One, Two], Joining = Three })).Should().Be("DEGRADED: 3 is joining");

        static string Of(in StatusReport own) => Diagnosis.OfServer(own).ToString();
    }

    private static TestCaseData Case(string name, GroupKnowledge known, string line) => new TestCaseData(known, line).SetName($"Verdict_when_{name.Replace(' ', '_')}");

    private static KnownReplica Silent(Member member) => new(member, null);

    private static KnownReplica Fresh(Member member) => new(member, Report(member, null));

    private static KnownReplica Answering(Member member, View? view = null) => new(member, Report(member, view ?? All));

    private static KnownReplica At(Member member, long aheadLeastMs, long aheadMostMs) => Answering(member) with { Clock = new ClockReading(aheadLeastMs, aheadMostMs) };

    private static StatusReport Report(Member self, View? view) => new(
        self, new BootId(2), view?.Cluster ?? default, ReplicaRole.Backup, view, default, default, Leading: view?.IsPrimary(self) ?? false, HearsPrimary: true, 2, [], null);
}
