using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.FrontEnd;
using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing;

internal sealed class FuzzingTheFrontEnd
{
    private const int Frames = 60;

    [Test]
    public void Users_and_operators_do_no_more_than_end_their_connections() => FuzzRun.Repeat(static random =>
    {
        FrontEndRig rig = FrontEndRig.Running();
        for (int i = 0; i < Frames; i++)
            Deliver(rig, rig.OpenUser(random.Next(3) == 0 ? Role.Operator : Role.User), AnyFrame(random));

        ConnectionId user = rig.OpenUser();
        ulong asked = rig.Ask(user);
        rig.Reply(rig.Executes(rig[1])[^1], number: 1);
        rig.PropagateAll(rig[1], number: 1);
        rig.RepliesTo(user).Should().Equal((asked, (byte)42));
    });

    [Test]
    public void Replicas_and_a_name_server_that_lie_do_no_more_than_end_their_connections() => FuzzRun.Repeat(static random =>
    {
        FrontEndRig rig = FrontEndRig.Running();
        ConnectionId user = rig.OpenUser();
        for (int i = 0; i < Frames; i++)
        {
            rig.Ask(user);
            FakeReplica replica = rig[random.Next(1, 4)];
            bool isReplica = random.Next(3) > 0;
            ConnectionId from = isReplica ? replica.Connection : rig.NameServer;
            if (from != ConnectionId.None && !Deliver(rig, from, AnyFrame(random)) && isReplica)
                rig.Reset(replica);
            if (random.Next(10) == 0)
                rig.Advance(200);
        }
    });

    private static byte[] AnyFrame(Random random)
    {
        Sample sample = SampleMessages.All[random.Next(SampleMessages.All.Count)];
        return random.Next(4) == 0 ? sample.Frame : Mutator.Mutate(random, sample.Frame);
    }

    /// <summary>False if it ended the connection.</summary>
    private static bool Deliver(FrontEndRig rig, ConnectionId from, byte[] bytes)
    {
        try
        {
            rig.Step(() => rig.Core.Received(rig.Now, from, new Frame(new ReadOnlySequence<byte>(bytes))));
            return true;
        }
        catch (ProtocolViolationException)
        {
            if (from != rig.NameServer && rig.Replicas.TrueForAll(r => r.Connection != from))
                rig.Core.Closed(rig.Now, from);
            return false;
        }
    }
}
