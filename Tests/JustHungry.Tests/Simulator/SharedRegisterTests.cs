using FluentAssertions;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.SharedRegister;
using JustHungry.Simulator.World;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.Simulator;

public sealed class SharedRegisterTests
{
    private const int Schedules = 500;

    /// <summary>Seeds from here on.</summary>
    private const ulong First = 1;

    [Test]
    public void Name_servers_that_share_an_etcd_keep_one_register()
    {
        RegisterCampaign campaign = RegisterCampaign.Run(First, Schedules);

        campaign.Violation.Should().BeNull();
        campaign.Views.Should().BeGreaterThan(5 * Schedules, "otherwise nothing was tried");
    }

    [Test]
    public void An_etcd_that_is_restored_from_an_older_copy_is_noticed_and_no_registration_in_it_taken_for_a_live_one()
    {
        var world = new SimWorld(1, keepLines: false);
        var model = new EtcdModel(world);
        var server = new SharingNameServer(world, model, new EtcdWeather(world.Chance));
        Registers(world, server, 0);
        world.Time.Run(world.NowUs + 1_000_000);
        Ask<Propose, Proposed>(world, server, new Propose(1, ProposalKind.Bootstrap, Epoch.None, FirstView, Epoch.None, false)).Outcome.Should().Be(ProposalOutcome.Accepted);
        (long, SortedDictionary<string, KeyValue>) copy = model.Snapshot();
        Propose second = Promotion(2);
        Ask<Propose, Proposed>(world, server, second).Outcome.Should().Be(ProposalOutcome.Accepted);

        model.Restore(copy);

        Ask<Propose, Proposed>(world, server, Promotion(2) with { ProposalId = 9 }).Outcome.Should().Be(ProposalOutcome.TooEarly, "it waits for what the replicas know");
        world.Time.Run(world.NowUs + 1_000); // everybody dials again
        Registers(world, server, 2);
        ViewIs view = Ask<GetView, ViewIs>(world, server, new GetView(Group));
        (view.View!.Epoch, view.Health).Should().Be((new Epoch(1), GroupHealth.RegisterBehind));
        Ask<Propose, Proposed>(world, server, Promotion(2) with { ProposalId = 10 }).Outcome.Should().Be(ProposalOutcome.NeedsRepair);
    }

    private static readonly View FirstView = View(1, "1", [Member("1"), Member("2")]);

    private static Propose Promotion(ulong epoch) =>
        new(5, ProposalKind.Promote, new Epoch(epoch - 1), FirstView with { Epoch = new Epoch(epoch), Primary = new ReplicaId("2") }, Epoch.None, false);

    private static void Registers(SimWorld world, SharingNameServer server, ulong adopted)
    {
        foreach (string id in (string[])["1", "2"])
            Ask<Register, Registered>(world, server, Request(Replica(Member(id), adopted)));
    }

    private static TAnswer Ask<TRequest, TAnswer>(SimWorld world, SharingNameServer server, TRequest request)
        where TRequest : struct, IMessage<TRequest>
    {
        object? answer = null;
        server.Ask(request, a => answer = a);
        world.Time.Run(world.NowUs + 3_000_000, () => answer is not null).Should().BeTrue("it is answered");
        return (TAnswer)answer!;
    }
}
