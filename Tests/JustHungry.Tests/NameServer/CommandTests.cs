using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

/// <summary>The commands as real processes against a real daemon.</summary>
[Category("Slow")]
[SideBySide]
public sealed class CommandTests
{
    [Test]
    public async Task Names_are_listed_looked_up_and_removed()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        await RegisterAsync(daemon, Replica(Member("1")), Replica(Member("2")), Name("JH-front-end", metadata: ["front-end"]));

        (await daemon.AskAsync("list")).Out.Split(Environment.NewLine).Select(l => l.Split(' ')[0]).Should()
            .Equal("backend.JH_orders_1", "backend.JH_orders_2", "JH-front-end");
        (await NamesAsync(daemon, "--prefix", "backend.")).Should().Equal("backend.JH_orders_1", "backend.JH_orders_2");
        (await NamesAsync(daemon, "--metadata", "backend", "--metadata", "id:2")).Should().Equal("backend.JH_orders_2");
        (await NamesAsync(daemon, "--any", "--metadata", "front-end", "--metadata", "id:2")).Should().Equal("backend.JH_orders_2", "JH-front-end");

        (await daemon.AskAsync("lookup", "JH-front-end")).Should().Be((0, "127.0.0.1:4000", ""));
        JsonNode found = JsonNode.Parse((await daemon.AskAsync("lookup", "backend.JH_orders_1", "--json")).Out)!;
        ((string)found["endpoint"]!).Should().Be("127.0.0.1:4001");
        found["metadata"]!.AsArray().Select(m => (string)m!).Should().Equal("backend", "group:JH_orders", "id:1");

        (await daemon.AskAsync("remove", "JH-front-end")).Should().Be((0, "removed 1", ""));
        (await daemon.AskAsync("remove", "--prefix", "backend.", "--json")).Should().Be((0, """{"removed":2}""", ""));
        (await daemon.AskAsync("list")).Out.Should().Be("no names");
        (await daemon.AskAsync("list", "--json")).Out.Should().Be("[]");
    }

    [Test]
    public async Task A_name_nobody_holds_is_refused_with_exit_1()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");

        (int exit, string output, string error) = await daemon.AskAsync("lookup", "nobody");
        exit.Should().Be(1);
        output.Should().BeEmpty();
        error.Should().Contain("nobody holds that name");

        (exit, output, _) = await daemon.AskAsync("remove", "nobody", "--json");
        exit.Should().Be(1);
        ((string)JsonNode.Parse(output)!["error"]!).Should().Be("UnknownName");
    }

    [Test]
    public async Task Ping_says_that_it_is_there()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");

        (await daemon.AskAsync("ping")).Out.Should().StartWith($"nameserver at {daemon.Endpoint} answered in");
        ((int)JsonNode.Parse((await daemon.AskAsync("ping", "--json")).Out)!["names"]!).Should().Be(0);
    }

    [TestCase("list")]
    [TestCase("ping", "--json")]
    [TestCase("view")]
    [TestCase("repair", "--yes")]
    public async Task When_no_name_server_answers_commands_say_where_and_what_to_try_and_exit_3(params string[] command)
    {
        LoopFixture gone = await LoopFixture.StartAsync();
        await gone.DisposeAsync();

        (int exit, string output, string error) = await NameServerProcess.RunAsync([.. command, "--name-server", $"{gone.Endpoint}"]);

        exit.Should().Be(3);
        error.Should().Contain($"no name server answers at {gone.Endpoint}").And.Contain("--name-server");
        if (command.Contains("--json"))
            ((string)JsonNode.Parse(output)!["error"]!).Should().Be("Unavailable");
        else
            output.Should().BeEmpty();
    }

    [TestCase("'lst' is not a command. Did you mean 'list'?", "lst")]
    [TestCase("'extra' was not expected", "list", "extra")]
    [TestCase("--bogus is no option here", "list", "--bogus")]
    [TestCase("say which NAME", "lookup")]
    [TestCase("not both", "remove")]
    [TestCase("not both", "remove", "n", "--prefix", "n")]
    [TestCase("expected HOST:PORT", "--listen", "nowhere")]
    [TestCase("expected HOST:PORT", "ping", "--name-server", "127.0.0.1:99999")]
    [TestCase("expected memory, sqlite:PATH or etcd:H:P", "--storage", "paper")]
    [TestCase("expected one of trace", "--log-level", "loud")]
    [TestCase("expected line or json", "--log-format", "xml")]
    [TestCase("a group has", "view", "--group", "bad group")]
    public async Task Mistakes_are_named_with_exit_2(string expected, params string[] args)
    {
        (int exit, string output, string error) = await NameServerProcess.RunAsync(args);

        exit.Should().Be(2);
        output.Should().BeEmpty();
        error.Should().Contain(expected);
    }

    [Test]
    public async Task The_view_and_its_history_are_shown()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        (await daemon.AskAsync("view")).Should().Be((0, $"NOT TAKING ORDERS: none of the 2 servers that orders need answer - start servers with 'server ID'{Environment.NewLine}group JH_orders has no view yet", ""));
        (await daemon.AskAsync("view", "--json")).Out.Should().StartWith("""{"view":null,"health":"Healthy","verdict":{"takesOrders":false,"word":"NOT TAKING ORDERS",""");
        await RegisterAsync(daemon, Replica(Member("1")), Replica(Member("2")));
        View first = View(1, "1", [Member("1"), Member("2")]);
        await ProposeAsync(daemon, ProposalKind.Bootstrap, first);
        await ProposeAsync(daemon, ProposalKind.Promote, first with { Epoch = new Epoch(2), Primary = new ReplicaId("2") });

        (await daemon.AskAsync("view")).Out.Should().EndWith($"{Environment.NewLine}group JH_orders: epoch 2, primary 2, members 1 2");
        (await daemon.AskAsync("view", "--history")).Out.Split(Environment.NewLine).Should()
            .HaveCount(2).And.OnlyContain(l => Regex.IsMatch(l, @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  "))
            .And.SatisfyRespectively(
                l => l.Should().EndWith("Bootstrap epoch 1, primary 1, members 1 2"), l => l.Should().EndWith("Promote 2 epoch 2, primary 2, members 1 2"));
        JsonNode history = JsonNode.Parse((await daemon.AskAsync("view", "--history", "--json")).Out)!;
        history.AsArray().Select(v => v!.AsObject().Select(p => p.Key)).Should().OnlyContain(
            names => names.SequenceEqual(new[] { "kind", "group", "epoch", "primary", "members", "joining", "minReplicas", "dataLoss", "madeAt", "change" }));
        JsonNode view = JsonNode.Parse((await daemon.AskAsync("view", "--json")).Out)!["view"]!;
        ((string)view["primary"]!).Should().Be("2");
        view["members"]!.AsArray().Select(m => (string)m!["id"]!).Should().Equal("1", "2");
        ((string)view["members"]![0]!["diskId"]!).Should().Be(new DiskId(1).ToString());
        ((int)view["minReplicas"]!).Should().Be(2);
    }

    [Test]
    public async Task Repair_takes_the_latest_view_its_replicas_know_after_a_typed_confirmation()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        (await daemon.AskAsync("repair")).Out.Should().StartWith("nothing to repair");
        View latest = View(8, "2", [Member("1"), Member("2")]);
        await using LoopFixture one = await ReplicaAsync(Member("1"), latest);
        await using LoopFixture two = await ReplicaAsync(Member("2"), latest);
        await RegisterAsync(daemon,
            Replica(Member("1"), adopted: 8) with { Endpoint = one.Endpoint }, Replica(Member("2"), adopted: 8) with { Endpoint = two.Endpoint });
        (await daemon.AskAsync("view")).Out.Should().Contain("LOST");

        string[] repair = ["repair", "--name-server", $"{daemon.Endpoint}"];
        (int exit, _, string error) = await NameServerProcess.RunAsync(repair, input: "yes\n");
        exit.Should().Be(1, "that is not what was to be typed");
        error.Should().Contain("epoch 1008, primary 2").And.Contain("KEEPS EVERY ORDER").And.Contain("nothing was changed");
        (await daemon.AskAsync("view")).Out.Should().Contain("no view");

        (int Exit, string Out, string Error) repaired = default;
        bool done = await LoopFixture.BecomesTrueAsync(async () =>
        {
            repaired = await NameServerProcess.RunAsync(repair, input: "repair JH_orders\n");
            return !repaired.Error.Contains("TooEarly", StringComparison.Ordinal); // it may not be up for a second yet
        });

        done.Should().BeTrue();
        repaired.Exit.Should().Be(0, repaired.Error);
        repaired.Out.Should().Be("repaired: epoch 1008, primary 2, members 1 2");
        (await daemon.AskAsync("view")).Out.Should().EndWith($"{Environment.NewLine}group JH_orders: epoch 1008, primary 2, members 1 2");
    }

    [Test]
    public async Task Repair_says_so_and_keeps_one_server_if_another_of_the_view_does_not_answer_with_it()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        View latest = View(8, "2", [Member("1"), Member("2")]);
        await using LoopFixture one = await ReplicaAsync(Member("1"), latest);
        await RegisterAsync(daemon, Replica(Member("1"), adopted: 8) with { Endpoint = one.Endpoint });

        (int Exit, string Out, string Error) repaired = default;
        bool done = await LoopFixture.BecomesTrueAsync(async () =>
        {
            repaired = await daemon.AskAsync("repair", "--yes");
            return !repaired.Error.Contains("TooEarly", StringComparison.Ordinal);
        });

        done.Should().BeTrue();
        repaired.Error.Should().Contain("MAY LOSE ORDERS").And.Contain("Only server 1 goes on").And.Contain("start 2 first");
        repaired.Out.Should().Be("repaired: epoch 1008, primary 1, members 1 (fewer than 2: nothing commits until one is admitted), unclean promotions 1");
    }

    [Test]
    public async Task Repair_refuses_while_a_replica_with_a_later_view_is_silent()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        await using LoopFixture one = await ReplicaAsync(Member("1"), View(7, "1", [Member("1"), Member("2")]));
        LoopFixture gone = await LoopFixture.StartAsync();
        await gone.DisposeAsync();
        await RegisterAsync(daemon,
            Replica(Member("1"), adopted: 7) with { Endpoint = one.Endpoint }, Replica(Member("2"), adopted: 8) with { Endpoint = gone.Endpoint });

        (int exit, _, string error) = await daemon.AskAsync("repair", "--yes");

        exit.Should().Be(1);
        error.Should().Contain("backend.JH_orders_2 has adopted epoch 8 and does not answer");
    }

    [Test]
    public async Task Repair_says_so_if_no_view_may_follow_the_latest_one()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        View last = View(Epoch.Max.Value - 5, "1", [Member("1")]);
        await using LoopFixture one = await ReplicaAsync(Member("1"), last);
        await RegisterAsync(daemon, Replica(Member("1"), adopted: last.Epoch.Value) with { Endpoint = one.Endpoint });

        (int exit, _, string error) = await daemon.AskAsync("repair", "--yes");

        exit.Should().Be(1);
        error.Should().Contain("can't be repaired");
    }

    private static async Task<IEnumerable<string>> NamesAsync(NameServerProcess daemon, params string[] args) =>
        JsonNode.Parse((await daemon.AskAsync(["list", "--json", .. args])).Out)!.AsArray().Select(n => (string)n!["name"]!);

    /// <summary>For good: nobody renews them, and on a busy machine a few commands take longer than any lease.</summary>
    private static async Task RegisterAsync(NameServerProcess daemon, params Registration[] registrations)
    {
        await using RpcClient client = await daemon.ConnectAsync();
        foreach (Registration registration in registrations)
            await CallAsync<Register, Registered>(client, Request(registration with { LeaseMs = 0 }));
    }

    private static async Task ProposeAsync(NameServerProcess daemon, ProposalKind kind, View view)
    {
        await using RpcClient client = await daemon.ConnectAsync(Role.FrontEnd);
        var proposal = new Propose(view.Epoch.Value, kind, new Epoch(view.Epoch.Value - 1), view, Epoch.None, false);
        bool made = await LoopFixture.BecomesTrueAsync(
            async () => (await CallAsync<Propose, Proposed>(client, proposal)).Outcome == ProposalOutcome.Accepted);
        made.Should().BeTrue();
    }

    private static Task<TAnswer> CallAsync<TRequest, TAnswer>(RpcClient client, TRequest request)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer> =>
        client.CallAsync<TRequest, TAnswer>(request, type => new InvalidOperationException($"answered by {type}"), CancellationToken.None);

    /// <summary>A replica as far as an operator's Status goes.</summary>
    private static async Task<LoopFixture> ReplicaAsync(Member self, View adopted)
    {
        LoopFixture replica = await LoopFixture.StartAsync();
        replica.Core.Own = new Hello(Role.Replica, self.Id.Value, self.Disk, new BootId(1), Cluster, Registering.Group);
        replica.Core.OnFrame = (connection, in frame) => replica.Loop.Send(connection, frame.Correlation, new StatusReport(
            self, new BootId(1), Cluster, ReplicaRole.Backup, adopted, default, default, false, true, 1, [], null));
        return replica;
    }
}
