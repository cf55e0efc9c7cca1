using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

public sealed class NameServerCoreTests
{
    private static readonly Member R1 = Member("1");
    private static readonly Member R2 = Member("2");
    private static readonly Member R3 = Member("3");
    private static readonly View First = View(1, "1", [R1, R2]);

    [Test]
    public void A_view_is_on_the_disk_before_anybody_is_answered()
    {
        using var storage = new MemoryStorage();
        var server = new CoreFixture(storage);
        int viewsWhenAnswered = -1;
        RegisterFresh(server, R1, R2);
        server.Pass(1_000);
        server.OnSend = () => viewsWhenAnswered = storage.Load().Views.Count;

        Propose(server, ProposalKind.Bootstrap, First).Outcome.Should().Be(ProposalOutcome.Accepted);

        viewsWhenAnswered.Should().Be(1);
    }

    [Test]
    public void A_name_is_on_the_disk_before_it_is_answered()
    {
        using var storage = new MemoryStorage();
        var server = new CoreFixture(storage);
        int namesWhenAnswered = -1;
        server.OnSend = () => namesWhenAnswered = storage.Load().Names.Count;

        Registers(server, Name("n")).Should().Be(GroupHealth.Healthy);
        namesWhenAnswered.Should().Be(1);

        server.Ask<Remove, Removed>(new Remove("n", false)).Count.Should().Be(1);
        namesWhenAnswered.Should().Be(0);
    }

    [Test]
    public void A_storage_that_fails_stops_the_process_and_nothing_is_answered()
    {
        var core = new NameServerCore(new SilentNetwork(), new FailingStorage(), new BootId(1), default, NullLogger.Instance);
        core.Opened(default, new ConnectionId(1), new Hello(Role.Operator, "", DiskId.None, new BootId(2), ClusterId.None, Group));
        byte[] frame = JustHungry.Tests.Protocol.Framing.FrameBytes.Encode(1, Request(Name("n")));

        Action register = () => core.Received(default, new ConnectionId(1), new Frame(new(frame, FrameLimits.PrefixBytes, frame.Length - FrameLimits.PrefixBytes)));

        register.Should().Throw<IOException>();
    }

    [Test]
    public void Names_and_the_view_survive_a_restart_and_leases_begin_anew()
    {
        CoreFixture server = Bootstrapped();
        server.Pass(8_000);
        server.Restart();
        server.Pass(8_000);

        server.Ask<List, Listed>(new List("", [], false)).Registrations.Select(r => r.Name).Should()
            .Equal("backend.JH_orders_1", "backend.JH_orders_2");
        server.Ask<GetView, ViewIs>(new GetView(Group)).View!.HasSameContentAs(First).Should().BeTrue();

        server.Pass(2_000);
        server.Ask<Count, Counted>(default).Names.Should().Be(0, "nobody has renewed since the restart");
        server.Ask<GetView, ViewIs>(new GetView(Group)).View!.HasSameContentAs(First).Should().BeTrue("a lapsed lease never changes a view");
    }

    [Test]
    public void The_answer_to_a_repeated_proposal_is_the_same_after_a_restart()
    {
        CoreFixture server = Bootstrapped();
        View second = First with { Epoch = new Epoch(2), Primary = R2.Id };
        Propose(server, ProposalKind.Promote, second, id: 5).Outcome.Should().Be(ProposalOutcome.Accepted);
        server.Restart();

        Proposed again = Propose(server, ProposalKind.Promote, second, id: 5);

        again.Outcome.Should().Be(ProposalOutcome.Accepted);
        again.View!.Epoch.Should().Be(new Epoch(2));
        server.Ask<GetHistory, HistoryIs>(new GetHistory(Group, Epoch.None)).Views.Should().HaveCount(2, "it was made once");
    }

    [Test]
    public void A_lost_race_is_answered_with_the_winner()
    {
        CoreFixture server = Bootstrapped();
        View winner = First with { Epoch = new Epoch(2), Primary = R2.Id };
        Propose(server, ProposalKind.Promote, winner, id: 5).Outcome.Should().Be(ProposalOutcome.Accepted);

        Proposed loser = Propose(server, ProposalKind.Promote, First with { Epoch = new Epoch(2) }, id: 6);

        loser.Outcome.Should().Be(ProposalOutcome.LostRace);
        loser.View!.HasSameContentAs(winner).Should().BeTrue();
    }

    [Test]
    public void After_a_restart_a_change_waits_for_the_members_or_a_second()
    {
        CoreFixture server = Bootstrapped();
        server.Restart();
        View second = First with { Epoch = new Epoch(2), Primary = R2.Id };

        Propose(server, ProposalKind.Promote, second).Outcome.Should().Be(ProposalOutcome.TooEarly);
        Registers(server, Replica(R1, adopted: 1));
        Propose(server, ProposalKind.Promote, second).Outcome.Should().Be(ProposalOutcome.TooEarly);
        Registers(server, Replica(R2, adopted: 1));
        Propose(server, ProposalKind.Promote, second).Outcome.Should().Be(ProposalOutcome.Accepted);

        server.Restart();
        server.Pass(1_000);
        Propose(server, ProposalKind.Promote, second with { Epoch = new Epoch(3) }).Outcome.Should().Be(ProposalOutcome.Accepted);
    }

    [Test]
    public void A_name_server_restored_from_nothing_says_so_once_and_is_repaired()
    {
        using var empty = new MemoryStorage();
        var server = new CoreFixture(empty);
        Registers(server, Replica(R1, adopted: 7)).Should().Be(GroupHealth.RegisterLost);
        Registers(server, Replica(R1, adopted: 7)).Should().Be(GroupHealth.RegisterLost);
        Registers(server, Replica(R3)).Should().Be(GroupHealth.RegisterLost, "a fresh replica hears it too");
        Registers(server, Name("front", metadata: ["front-end", "group:" + Group])).Should().Be(GroupHealth.RegisterLost, "and front ends do");
        server.Log.Errors.Should().ContainSingle().Which.Should().Contain("restored from nothing").And.Contain("nameserver repair");

        server.Pass(1_000);
        Propose(server, ProposalKind.Bootstrap, View(1, "3", [R3, R1])).Outcome.Should().Be(ProposalOutcome.NeedsRepair);
        View repaired = View(1_007, "1", [R1], dataLoss: 1) with { Lineage = new Lineage(1_010, new Epoch(1_007)) };
        Propose(server, ProposalKind.Repair, repaired, expected: 0).Outcome.Should().Be(ProposalOutcome.Accepted);

        server.Ask<GetView, ViewIs>(new GetView(Group)).Health.Should().Be(GroupHealth.Healthy);
        server.Log.Errors.Should().ContainSingle();
    }

    [Test]
    public void A_lost_register_is_noticed_whichever_replica_knows_of_it()
    {
        using var empty = new MemoryStorage();
        var server = new CoreFixture(empty);
        Registers(server, Replica(R1)).Should().Be(GroupHealth.Healthy);
        Registers(server, Replica(R3, adopted: 7)).Should().Be(GroupHealth.RegisterLost);
        server.Ask<GetView, ViewIs>(new GetView(Group)).Health.Should().Be(GroupHealth.RegisterLost);
    }

    [Test]
    public void A_name_server_restored_from_an_old_copy_says_so()
    {
        CoreFixture server = Bootstrapped();

        Registers(server, Replica(R1, adopted: 2)).Should().Be(GroupHealth.RegisterBehind);

        server.Log.Errors.Should().ContainSingle().Which.Should().Contain("adopted epoch 2").And.Contain("epoch 1").And.Contain("old");
        server.Ask<GetView, ViewIs>(new GetView(Group)).Health.Should().Be(GroupHealth.RegisterBehind);
    }

    [Test]
    public void Two_clusters_under_a_group_are_said_and_end_when_the_strangers_lease_does()
    {
        CoreFixture server = Bootstrapped();
        Registers(server, Replica(R3, adopted: 1, cluster: new ClusterId(1))).Should().Be(GroupHealth.TwoClusters);
        server.Log.Errors.Should().ContainSingle().Which.Should().Contain("two clusters");

        server.Pass(10_000);

        server.Ask<GetView, ViewIs>(new GetView(Group)).Health.Should().Be(GroupHealth.Healthy);
    }

    [Test]
    public void Names_lapse_without_renewal_but_not_while_the_process_stood_still()
    {
        using var storage = new MemoryStorage();
        var server = new CoreFixture(storage);
        Registers(server, Name("n"));

        server.StandStill(60_000);
        server.Ask<Count, Counted>(default).Names.Should().Be(1);

        server.Pass(10_000);
        server.Ask<Count, Counted>(default).Names.Should().Be(0);
        storage.Load().Names.Should().BeEmpty();
    }

    [Test]
    public void Lookups_and_removals_of_what_is_not_there()
    {
        using var storage = new MemoryStorage();
        var server = new CoreFixture(storage);
        server.Ask<Lookup, NameRefused>(new Lookup("n")).Reason.Should().Be(NameRefusal.UnknownName);
        server.Ask<Remove, Removed>(new Remove("n", false)).Count.Should().Be(0);
        server.Ask<Remove, NameRefused>(new Remove("", true)).Reason.Should().Be(NameRefusal.InvalidName, "that would be every name");
        server.Ask<GetView, ViewIs>(new GetView(Group)).View.Should().BeNull();
        server.Ask<GetView, NameRefused>(new GetView("no group")).Reason.Should().Be(NameRefusal.InvalidName);
        server.Ask<GetHistory, HistoryIs>(new GetHistory(Group, Epoch.None)).Views.Should().BeEmpty();
    }

    [Test]
    public void What_is_nothing_for_a_name_server_is_a_violation()
    {
        using var storage = new MemoryStorage();
        var server = new CoreFixture(storage);
        Action ask = () => server.Ask<Status, StatusReport>(default);
        ask.Should().Throw<ProtocolViolationException>();
    }

    private static CoreFixture Bootstrapped()
    {
        var server = new CoreFixture(new MemoryStorage());
        RegisterFresh(server, R1, R2);
        server.Pass(1_000);
        Propose(server, ProposalKind.Bootstrap, First).Outcome.Should().Be(ProposalOutcome.Accepted);
        Registers(server, Replica(R1, adopted: 1));
        Registers(server, Replica(R2, adopted: 1)).Should().Be(GroupHealth.Healthy);
        return server;
    }

    private static void RegisterFresh(CoreFixture server, params Member[] members)
    {
        foreach (Member member in members)
            Registers(server, Replica(member)).Should().Be(GroupHealth.Healthy);
    }

    private static GroupHealth Registers(CoreFixture server, Registration registration) =>
        server.Ask<Register, Registered>(Request(registration)).Health;

    private static Proposed Propose(CoreFixture server, ProposalKind kind, View view, int id = 3, ulong? expected = null) =>
        server.Ask<Propose, Proposed>(
            new Propose((UInt128)(id + (int)view.Epoch.Value), kind, new Epoch(expected ?? (view.Epoch.Value - 1)), view, Epoch.None, false));

    private sealed class SilentNetwork : INetwork
    {
        public ConnectionId Dial(Endpoint endpoint) => ConnectionId.None;

        public void Send<T>(ConnectionId connection, ulong correlation, in T message)
            where T : struct, IMessage<T> => throw new InvalidOperationException("nothing may be answered");

        public void Close(ConnectionId connection)
        {
        }
    }

    private sealed class FailingStorage : LocalStorage
    {
        public override (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load() => ([], []);

        public override void Put(StoredName name) => throw new IOException("planted");

        public override void Remove(IReadOnlyList<string> names) => throw new IOException("planted");

        public override void Append(StoredView view) => throw new IOException("planted");

        public override IReadOnlyList<MadeView> History(string group, Epoch after, int countMax) => [];
    }
}
