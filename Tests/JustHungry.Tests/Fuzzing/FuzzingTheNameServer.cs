using System.Buffers;
using FluentAssertions;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing;

internal sealed class FuzzingTheNameServer
{
    private const int Frames = 200;

    [Test]
    public void No_frame_does_more_than_end_its_connection() => FuzzRun.Repeat(static random =>
    {
        var network = new FakeNetwork();
        using var storage = new MemoryStorage();
        NameServerCore core = Start(network, storage, 0);
        for (int i = 1; i <= Frames; i++)
        {
            Sample sample = SampleMessages.All[random.Next(SampleMessages.All.Count)];
            byte[] bytes = random.Next(5) == 0 ? sample.Frame : Mutator.Mutate(random, sample.Frame);
            Deliver(core, new Now(i * 20, 0), HelloOf((Role)random.Next((int)Role.User, (int)Role.NameServer)), bytes);
            if (random.Next(20) == 0)
                core.Tick(new Now(i * 20, 0));
            if (random.Next(60) == 0)
                core = Start(network, storage, i * 20);
        }

        network.Sent.Clear();
        core.Opened(new Now(Frames * 20, 0), new ConnectionId(2), HelloOf(Role.Operator));
        core.Received(new Now(Frames * 20, 0), new ConnectionId(2), new Frame(network.Encode(5, default(Count))));
        network.Sent.Should().ContainSingle().Which.As<Counted>().Names.Should().BeGreaterThanOrEqualTo(0);
    });

    private static NameServerCore Start(FakeNetwork network, MemoryStorage storage, long ms) =>
        new(network, storage, new BootId(1), new Now(ms, 0), NullLogger.Instance);

    private static Hello HelloOf(Role role) => new(role, "1", new DiskId(101), new BootId(11), ClusterId.None, NameRules.DefaultGroup);

    private static void Deliver(NameServerCore core, Now now, Hello peer, byte[] bytes)
    {
        core.Opened(now, new ConnectionId(1), peer);
        try
        {
            core.Received(now, new ConnectionId(1), new Frame(new ReadOnlySequence<byte>(bytes)));
        }
        catch (ProtocolViolationException)
        {
            // the loop closes the connection
        }

        core.Closed(now, new ConnectionId(1));
    }
}
