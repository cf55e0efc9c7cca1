using FluentAssertions;
using JustHungry.FrontEnd.Commands;
using JustHungry.FrontEnd.Hosting;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Server.Hosting;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

/// <summary><c>frontend status</c> while no name server answers, and daemons whose name server is on another machine.</summary>
internal sealed class StatusWithoutNameServerTests
{
    private const string NobodyHere = "127.0.0.1:1";
    private static readonly Member One = new(new ReplicaId("1"), new DiskId(0xA1));
    private static readonly Member Two = new(new ReplicaId("2"), new DiskId(0xA2));
    private static readonly View Pair = new(new ClusterId(7), NameRules.DefaultGroup, new Epoch(4), One.Id, [One, Two], null, 2, 0);

    [Test]
    public async Task The_servers_and_front_ends_that_are_named_say_how_the_shop_stands()
    {
        await using LoopFixture one = await ReplicaAsync(One), two = await ReplicaAsync(Two), frontEnd = await FrontEndAsync();
        StatusOptions all = Options($"{one.Endpoint},{two.Endpoint},{frontEnd.Endpoint}");

        GroupSurvey survey = await all.TakeStockAsync(CancellationToken.None);

        survey.View!.HasSameContentAs(Pair).Should().BeTrue();
        survey.Replicas.Select(r => r.Member).Should().Equal(One, Two);
        survey.FrontEnds.Should().ContainSingle().Which.Report.Should().NotBeNull();
        survey.VerdictOn(NameRules.DefaultGroup).ToString().Should().StartWith($"DEGRADED: the name server at {NobodyHere} is away: a server that dies now can't be replaced");
        (await StatusCommand.RunAsync(all)).Should().Be(ExitCode.Done);

        StatusOptions some = Options($"{two.Endpoint},{frontEnd.Endpoint}"), door = Options($"{frontEnd.Endpoint}");
        (await some.TakeStockAsync(CancellationToken.None)).VerdictOn(NameRules.DefaultGroup).ToString().Should().StartWith("DEGRADED").And.Contain("1 was not asked");
        (await door.TakeStockAsync(CancellationToken.None)).VerdictOn(NameRules.DefaultGroup).ToString().Should().StartWith("DEGRADED").And.Contain("no server was asked");
        (await StatusCommand.RunAsync(Options($"{one.Endpoint},{NobodyHere}"))).Should().Be(ExitCode.Refused, "2 does not answer, and can't be dropped");
    }

    [Test]
    public async Task The_clocks_of_the_servers_are_compared()
    {
        await using LoopFixture one = await ReplicaAsync(One, TimeSpan.FromMinutes(-10)), two = await ReplicaAsync(Two, TimeSpan.Zero);
        GroupSurvey survey = await Options($"{one.Endpoint},{two.Endpoint}").TakeStockAsync(CancellationToken.None);
        survey.VerdictOn(NameRules.DefaultGroup).Because.Should().MatchRegex(@"the clock of 2 is (599|600)(\.\d)? s ahead of that of 1$");
    }

    [Test]
    public async Task Without_any_answer_the_exit_code_says_so()
    {
        (await StatusCommand.RunAsync(Options(""))).Should().Be(ExitCode.Unavailable);
        (await StatusCommand.RunAsync(Options(NobodyHere))).Should().Be(ExitCode.Unavailable);
        new StatusCommandLine { AskText = "10.0.0.7" }.Parse().Mistake.Should().StartWith("--ask 10.0.0.7: expected HOST:PORT");
    }

    [TestCase("127.0.0.1:0", "10.0.0.5:9090", null, false)]
    [TestCase("[::1]:9101", "names.example:9090", null, false)]
    [TestCase("127.0.0.1:0", "10.0.0.5:9090", "127.0.0.1:0", true, Description = "said on purpose")]
    [TestCase("10.0.0.7:9101", "10.0.0.5:9090", null, true)]
    [TestCase("127.0.0.1:0", "localhost:9090", null, true)]
    public void Nobody_registers_loopback_at_a_name_server_on_another_machine(string listen, string nameServer, string? advertise, bool isTaken)
    {
        string?[] mistakes =
        [
            new ServerCommandLine { IdText = "1", ListenText = listen, NameServerText = nameServer, AdvertiseText = advertise, Postcodes = "offline" }.Parse().Mistake,
            new FrontEndCommandLine { ListenText = listen, NameServerText = nameServer, AdvertiseText = advertise }.Parse().Mistake,
        ];
        foreach (string? mistake in mistakes)
        {
            if (isTaken)
                mistake.Should().BeNull();
            else
                mistake.Should().Contain($"--listen {listen}: the name server is at {nameServer}");
        }

        new ServerCommandLine { IdText = "1", ListenText = listen, NameServerText = nameServer, CopyTo = "there", Postcodes = "offline" }.Parse().Mistake.Should()
            .BeNull("a copy listens nowhere");
    }

    private static StatusOptions Options(string ask) => new StatusCommandLine { NameServerText = NobodyHere, AskText = ask }.Parse().Value;

    private static async Task<LoopFixture> ReplicaAsync(Member self, TimeSpan? clockAhead = null)
    {
        LoopFixture replica = await LoopFixture.StartAsync();
        replica.Core.Role = Role.Replica;
        replica.Core.OnFrame = (connection, in frame) => replica.Loop.Send(connection, Ask(frame, MessageType.Status), new StatusReport(
            self, new BootId(2), Pair.Cluster, ReplicaRole.Backup, Pair, EntryPosition.Start, EntryIndex.None, Leading: Pair.IsPrimary(self), HearsPrimary: true, 2, [],
            clockAhead is { } ahead ? (DateTimeOffset.UtcNow + ahead).ToUnixTimeMilliseconds() : null));
        return replica;
    }

    private static async Task<LoopFixture> FrontEndAsync()
    {
        LoopFixture frontEnd = await LoopFixture.StartAsync();
        frontEnd.Core.Role = Role.FrontEnd;
        frontEnd.Core.OnFrame = (connection, in frame) => frontEnd.Loop.Send(
            connection, Ask(frame, MessageType.FrontEndStatus), new FrontEndReport(new BootId(9), Pair.Epoch, HearsPrimary: true, 0, 0, 0));
        return frontEnd;
    }

    /// <summary>Like a real one, it hangs up on whatever is not for it.</summary>
    private static ulong Ask(in Frame frame, MessageType expected) =>
        frame.Type == expected ? frame.Correlation : throw new ProtocolViolationException($"{frame.Type} where {expected} was expected");
}
