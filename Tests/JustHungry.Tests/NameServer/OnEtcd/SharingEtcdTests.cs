using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer.OnEtcd;

/// <summary>Two real name servers over three real etcd members.</summary>
[Category("Slow")]
[SideBySide]
public sealed class SharingEtcdTests
{
    private static readonly Member R1 = Member("1");
    private static readonly Member R2 = Member("2");
    private static readonly Member R3 = Member("3");
    private static readonly View First = View(1, "1", [R1, R2, R3]);

    [Test]
    public async Task Two_name_servers_show_the_same_names_and_only_one_proposal_of_an_epoch_wins()
    {
        await using EtcdCluster etcd = await EtcdCluster.StartAsync();
        await using NameServerProcess one = await NameServerProcess.StartAsync(etcd.Storage);
        await using NameServerProcess two = await NameServerProcess.StartAsync(etcd.Storage);
        await using RpcClient atOne = await one.ConnectAsync();
        await using RpcClient atTwo = await two.ConnectAsync();
        atOne.Peer.Disk.Should().Be(atTwo.Peer.Disk, "it is one register").And.NotBe(DiskId.None);
        await BootstrapAsync(atOne, one);

        (await CallAsync<List, Listed>(atTwo, new List("", [], false))).Registrations.Select(r => r.Name).Should()
            .Equal("backend.JH_orders_1", "backend.JH_orders_2", "backend.JH_orders_3");
        for (ulong epoch = 2; epoch < 12; epoch++)
        {
            Proposed[] answers = await Task.WhenAll(ProposeAsync(atOne, epoch, R1), ProposeAsync(atTwo, epoch, R2));
            answers.Select(a => a.Outcome).Order().Should().Equal(ProposalOutcome.Accepted, ProposalOutcome.LostRace);
            answers[0].View!.HasSameContentAs(answers[1].View!).Should().BeTrue();
            ViewIs seen = await CallAsync<GetView, ViewIs>(epoch % 2 == 0 ? atOne : atTwo, new GetView(Group));
            seen.View!.Epoch.Value.Should().Be(epoch);
        }

        (await CallAsync<GetHistory, HistoryIs>(atTwo, new GetHistory(Group, Epoch.None))).Views.Select(v => v.View.Epoch.Value).Should()
            .Equal(Enumerable.Range(1, 11).Select(i => (ulong)i));

        one.Kill();
        (await ProposeAsync(atTwo, 12, R3)).Outcome.Should().Be(ProposalOutcome.Accepted, "what dies is a process without a state");
        etcd.Kill(0);
        await Poll.UntilAsync("a view is made without the member that died", async () => (await TryProposeAsync(atTwo, 13, R1)) is ProposalOutcome.Accepted);
    }

    [Test]
    public async Task A_proposal_of_unknown_outcome_gets_no_answer_and_is_accepted_when_it_comes_again()
    {
        await using EtcdCluster etcd = await EtcdCluster.StartAsync();
        await using NameServerProcess server = await NameServerProcess.StartAsync(etcd.Storage);
        await using RpcClient client = await server.ConnectAsync();
        await BootstrapAsync(client, server);

        etcd.FreezeMajority();
        (await TryProposeAsync(client, 2, R2)).Should().BeNull("nobody can tell");
        (await CallAsync<List, Listed>(client, new List("", [], false))).Registrations.Should().HaveCount(3, "names are told from memory");
        await Poll.UntilAsync("the log says so", () => server.Errors.Any(l => l.Contains("Orders go on", StringComparison.Ordinal)));
        etcd.ThawMajority();

        await Poll.UntilAsync("the same proposal is accepted", async () => (await TryProposeAsync(client, 2, R2)) is ProposalOutcome.Accepted);
        (await CallAsync<GetHistory, HistoryIs>(client, new GetHistory(Group, Epoch.None))).Views.Should().HaveCount(2, "it was made once");
        await Poll.UntilAsync("the log says so", () => server.Errors.Any(l => l.Contains("does what it is asked again", StringComparison.Ordinal)));
    }

    [Test]
    public async Task A_name_is_gone_when_its_lease_in_etcd_ends_unless_it_is_renewed_at_any_name_server()
    {
        await using EtcdCluster etcd = await EtcdCluster.StartAsync();
        await using NameServerProcess one = await NameServerProcess.StartAsync(etcd.Storage);
        await using NameServerProcess two = await NameServerProcess.StartAsync(etcd.Storage);
        await using RpcClient atOne = await one.ConnectAsync();
        await using RpcClient atTwo = await two.ConnectAsync();
        await CallAsync<Register, Registered>(atOne, Request(Name("renewed", leaseMs: 3_000)));
        await CallAsync<Register, Registered>(atOne, Request(Name("left", leaseMs: 1_000)));

        await Poll.UntilAsync("one name is left", async () =>
        {
            await CallAsync<Register, Registered>(atTwo, Request(Name("renewed", leaseMs: 3_000)));
            return (await CallAsync<List, Listed>(atOne, new List("", [], false))).Registrations.Select(r => r.Name).SequenceEqual(["renewed"]);
        });
    }

    private static async Task BootstrapAsync(RpcClient client, NameServerProcess server)
    {
        foreach (Member member in (Member[])[R1, R2, R3])
            await CallAsync<Register, Registered>(client, Request(Replica(member)));
        await using RpcClient frontEnd = await server.ConnectAsync(Role.FrontEnd);
        var first = new Propose(1, ProposalKind.Bootstrap, Epoch.None, First, Epoch.None, false);
        await Poll.UntilAsync("there is a first view", async () => (await CallAsync<Propose, Proposed>(frontEnd, first)).Outcome == ProposalOutcome.Accepted);
    }

    private static Task<Proposed> ProposeAsync(RpcClient client, ulong epoch, Member primary) => CallAsync<Propose, Proposed>(client, Promotion(epoch, primary));

    /// <summary>Null if no answer comes.</summary>
    private static async Task<ProposalOutcome?> TryProposeAsync(RpcClient client, ulong epoch, Member primary)
    {
        try
        {
            return (await CallAsync<Propose, Proposed>(client, Promotion(epoch, primary), TimeSpan.FromSeconds(1))).Outcome;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static Propose Promotion(ulong epoch, Member primary) => new(
        (UInt128)((epoch * 10) + ulong.Parse(primary.Id.Value)), ProposalKind.Promote, new Epoch(epoch - 1), First with { Epoch = new Epoch(epoch), Primary = primary.Id }, Epoch.None, false);

    private static Task<TAnswer> CallAsync<TRequest, TAnswer>(RpcClient client, TRequest request, TimeSpan? patience = null)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer> =>
        client.CallAsync<TRequest, TAnswer>(request, type => new InvalidOperationException($"answered by {type}"), CancellationToken.None)
            .WaitAsync(patience ?? TimeSpan.FromSeconds(10));
}
