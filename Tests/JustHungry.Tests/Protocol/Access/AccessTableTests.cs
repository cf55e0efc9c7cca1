using System.Buffers;
using System.Runtime.CompilerServices;
using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Access;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.Fakes;
using JustHungry.Tests.FrontEnd;
using JustHungry.Tests.Fuzzing;
using JustHungry.Tests.Server.Replication;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Access;

/// <summary>The table "Who may ask what" of PROTOCOL.md, every cell of it tried at a real core.</summary>
internal sealed class AccessTableTests
{
    private const string Head = "| at a | asks | user | front end | replica | operator |";

    private static readonly Role[] Columns = [Role.User, Role.FrontEnd, Role.Replica, Role.Operator];

    public static IEnumerable<TestCaseData> Cells() =>
        from row in Rows()
        from column in Enumerable.Range(0, Columns.Length)
        select new TestCaseData(row.Row, Columns[column], row.Cells[column] == "yes").SetName($"A_{Columns[column]}_asks_a_{row.Row.At}_{row.Row.Deed}_{row.Cells[column]}");

    [TestCaseSource(nameof(Cells))]
    public void Each_cell(AccessRow row, Role sender, bool mayAsk)
    {
        (AccessTable.WhyNot(row.At, sender, row.Deed) is null).Should().Be(mayAsk, "the table in code says what the page says");
        WhyRefused(row.At, AccessRow.HelloOf(sender), row.Frame(AccessRow.HelloOf(sender))).Should()
            .Be(mayAsk ? null : true, "the core does what the table says");
    }

    [Test]
    public void The_page_has_a_row_for_each_deed_of_each_receiver()
    {
        Rows().Select(r => r.Row).Should().Equal(AccessRow.All);
        Rows().SelectMany(r => r.Cells).Should().OnlyContain(cell => cell == "yes" || cell == "no");
        IEnumerable<(Role, Deed)> allowed =
            from at in new[] { Role.NameServer, Role.Replica, Role.FrontEnd, Role.User, Role.Operator }
            from deed in Enum.GetValues<Deed>()
            where Enum.GetValues<Role>().Any(sender => AccessTable.WhyNot(at, sender, deed) is null)
            select (at, deed);
        allowed.Should().BeEquivalentTo(AccessRow.All.Select(r => (r.At, r.Deed)));
    }

    [Test]
    public void A_frame_without_a_row_is_refused_to_everybody()
    {
        foreach (Role at in new[] { Role.NameServer, Role.Replica, Role.FrontEnd })
        {
            HashSet<MessageType> known = [.. AccessRow.All.Where(r => r.At == at).Select(r => TypeOf(r.Frame(AccessRow.HelloOf(Role.Operator))))];
            foreach (Sample sample in SampleMessages.All.Where(s => !known.Contains(s.Type)))
            {
                foreach (Role sender in Columns.Append(Role.NameServer))
                    WhyRefused(at, AccessRow.HelloOf(sender), sample.Frame).Should().BeTrue($"{sample} from a {sender} to a {at}");
            }
        }
    }

    [Test]
    public void A_name_is_own_only_with_everything_that_belongs_to_it()
    {
        Hello replica = AccessRow.HelloOf(Role.Replica);
        Registration own = AccessRow.OwnOf(replica);
        Registration frontEnds = AccessRow.OwnOf(AccessRow.HelloOf(Role.FrontEnd));
        Registration[] wrong =
        [
            own with { Name = "backend.JH_orders_1" }, own with { Disk = new DiskId(9) }, own with { Boot = new BootId(9) }, own with { Metadata = [.. own.Metadata, "front-end"] },
            own with { Metadata = ["backend", "group:other", "id:2"] }, own with { Metadata = ["backend", "group:JH_orders", "id:1"] }, frontEnds with { Disk = replica.Disk },
        ];
        foreach (Registration registration in wrong)
            Refuses(replica, registration).Should().BeTrue($"{registration}");

        Hello frontEnd = AccessRow.HelloOf(Role.FrontEnd);
        Refuses(frontEnd, frontEnds with { Name = "JH-front-end" }).Should().BeNull();
        Refuses(frontEnd, frontEnds with { Name = "JH-front-end.0123" }).Should().BeTrue();
        Refuses(frontEnd, own).Should().BeTrue();
        Refuses(frontEnd, frontEnds with { Metadata = ["front-end", "group:other"] }).Should().BeTrue();
    }

    [Test]
    public void Nobody_proposes_a_view_of_another_group_than_its_own([Values] ProposalKind kind)
    {
        AccessRow row = AccessRow.All.Single(r => r.Deed.ToString() == $"Propose{kind}");
        foreach (Role role in Columns)
            WhyRefused(Role.NameServer, AccessRow.HelloOf(role) with { Group = "other" }, row.Frame(default)).Should().BeTrue($"{role}");
    }

    [Test]
    public void An_operator_registers_nothing_for_another_group()
    {
        Hello ann = AccessRow.HelloOf(Role.Operator);
        Registration own = AccessRow.OwnOf(AccessRow.HelloOf(Role.FrontEnd));
        Refuses(ann, own).Should().BeNull();
        Refuses(ann, own with { Metadata = [] }).Should().BeNull();
        Refuses(ann, own with { Metadata = ["front-end", "group:other"] }).Should().BeTrue();
        Refuses(ann, own with { Metadata = [.. own.Metadata, "group:other"] }).Should().BeTrue();
    }

    private static bool? Refuses(Hello peer, Registration registration) =>
        WhyRefused(Role.NameServer, peer, Sample.Of(new Register(registration, BootId.None, false)).Frame);

    /// <summary>True if a core of this role refuses the frame because of who sent it; null if not.</summary>
    private static bool? WhyRefused(Role at, Hello sender, byte[] bytes)
    {
        var frame = new Frame(new ReadOnlySequence<byte>(bytes));
        try
        {
            switch (at)
            {
                case Role.NameServer:
                    var server = new NameServerCore(new FakeNetwork(), new MemoryStorage(), new BootId(1), default, NullLogger.Instance);
                    Deliver(server, default, new ConnectionId(1), sender, frame);
                    break;
                case Role.Replica:
                    var replica = new ReplicaRig();
                    Deliver(replica.Core, replica.Now, replica.Network.NextConnection(), sender, frame);
                    break;
                default:
                    var frontEnd = new FrontEndRig();
                    Deliver(frontEnd.Core, frontEnd.Now, frontEnd.Network.NextConnection(), sender, frame);
                    break;
            }
        }
        catch (ProtocolViolationException e) when (e.Message.Contains("may not ask", StringComparison.Ordinal))
        {
            return true;
        }
        catch (ProtocolViolationException)
        {
            // refused for what it says
        }

        return null;
    }

    private static void Deliver(ICore core, Now now, ConnectionId connection, Hello sender, Frame frame)
    {
        core.Opened(now, connection, sender);
        core.Received(now, connection, frame);
    }

    private static MessageType TypeOf(byte[] bytes) => new Frame(new ReadOnlySequence<byte>(bytes)).Type;

    private static IEnumerable<(AccessRow Row, string[] Cells)> Rows() =>
        from line in File.ReadLines(Page()).SkipWhile(l => l != Head).Skip(2).TakeWhile(l => l.StartsWith('|'))
        let cells = line.Trim('|').Split(" | ").Select(c => c.Trim()).ToArray()
        select (AccessRow.All.Single(r => Name(r.At) == cells[0] && r.Asks == cells[1]), cells[2..]);

    private static string Name(Role role) => role switch { Role.NameServer => "name server", Role.FrontEnd => "front end", _ => "replica" };

    private static string Page([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../../Protocol/PROTOCOL.md"));
}
