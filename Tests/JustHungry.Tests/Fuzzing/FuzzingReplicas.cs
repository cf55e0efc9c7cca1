using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Tests.Server.Replication;
using NUnit.Framework;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Fuzzing;

internal sealed class FuzzingReplicas
{
    private const int Frames = 60;

    [Test]
    public void A_leader_outlives_its_followers_front_ends_and_operators() => FuzzRun.Repeat(static random =>
    {
        var rig = new ReplicaRig();
        rig.Lead(1, One, Two);
        rig.Receive(rig.FrontEnd, new Sync(Three, new Endpoint(Three.Id.Value, 1)));
        for (int i = 0; i < Frames && !rig.Disk.IsSetAside; i++)
        {
            rig.OpenFollowers(Two, Three);
            ConnectionId from = random.Next(5) switch
            {
                0 => rig.Accept(HelloOf(Role.FrontEnd)),
                1 => rig.Accept(HelloOf(Role.Operator)),
                2 => rig.AcceptReplica(Three),
                _ => AnyFollower(rig, random),
            };
            Deliver(rig, from, AnyFrame(random));
        }

        ServesAgain(rig);
    });

    [Test]
    public void A_follower_outlives_a_primary_that_lies() => FuzzRun.Repeat(static random =>
    {
        var rig = new ReplicaRig(Two, new RecoveredDisk(
            Two.Disk, ViewOf(1, One, [One, Two]), EntryPosition.Start, [BatchOf(1, 1, 2), BatchOf(3, 1, 2)], EntryPosition.Start, new ShopState()));
        bool isSpare = random.Next(3) == 0;
        rig.Adopt(ViewOf(2, One, isSpare ? [One, Three] : [One, Two]));
        for (int i = 0; i < Frames && !rig.Disk.IsSetAside; i++)
        {
            ConnectionId primary = rig.AcceptReplica(One);
            switch (random.Next(4))
            {
                case 0:
                    Deliver(rig, primary, AnyFrame(random));
                    break;
                case 1:
                    Deliver(rig, primary, AnyTransfer(random));
                    break;
                default:
                    Deliver(rig, primary, AnyAppend(random));
                    break;
            }

            if (random.Next(3) == 0)
                rig.Core.InstallStored(new TransferId((ulong)random.Next(3)), 0);
        }

        if (!rig.Disk.IsSetAside)
            rig.Status().Self.Should().Be(Two);
    });

    [Test]
    public void Bodies_of_every_kind_are_answered() => FuzzRun.Repeat(static random =>
    {
        var rig = new ReplicaRig();
        rig.Lead();
        RequestKind[] kinds = Enum.GetValues<RequestKind>();
        ulong sequence = 0;
        for (int i = 0; i < Frames; i++)
        {
            UserRequest request = SampleMessages.RequestOf(kinds[random.Next(kinds.Length)], ++sequence);
            byte[] body = request.Body.ToArray();
            request = request with { Body = new ReadOnlySequence<byte>(random.Next(5) == 0 ? body : Mutator.Mutate(random, body)) };
            rig.Receive(rig.FrontEnd, new Execute(new Epoch(1), request), correlation: 100 + sequence);
        }

        rig.ListProducts(1, correlation: 5_000);
        rig.Answer<Executed>(rig.FrontEnd, 5_000).Answer.IsEmpty.Should().BeFalse();
    });

    [Test]
    public void Effects_are_applied_only_if_they_pass_the_check() => FuzzRun.Repeat(static random =>
    {
        var output = new ArrayBufferWriter<byte>();
        ShopOpening.Sample.WriteTo(new EffectWriter(output));
        byte[] effects = Mutator.Mutate(random, output.WrittenSpan.ToArray());
        try
        {
            EffectReader.Check(new ReadOnlySequence<byte>(effects));
        }
        catch (ProtocolViolationException)
        {
            return;
        }

        EffectReader.ApplyTo(new EffectWriter(new ArrayBufferWriter<byte>()), new ReadOnlySequence<byte>(effects));
    });

    private static Hello HelloOf(Role role) => new(role, "x", default, new BootId(8), Cluster, NameRules.DefaultGroup);

    private static ConnectionId AnyFollower(ReplicaRig rig, Random random)
    {
        IReadOnlyList<ConnectionId> open = rig.OpenFollowerConnections;
        return open.Count == 0 ? rig.AcceptReplica(Two) : open[random.Next(open.Count)];
    }

    private static byte[] AnyFrame(Random random)
    {
        Sample sample = SampleMessages.All[random.Next(SampleMessages.All.Count)];
        return random.Next(4) == 0 ? sample.Frame : Mutator.Mutate(random, sample.Frame);
    }

    /// <summary>Sound in itself, wherever it may begin and whatever epoch it may name.</summary>
    private static byte[] AnyAppend(Random random)
    {
        ulong previous = (ulong)random.Next(7);
        ulong batchEpoch = (ulong)random.Next(1, 4);
        LogBatch? batch = random.Next(4) == 0 ? null : BatchOf(previous + 1, batchEpoch, random.Next(1, 4), (ulong)random.Next(2));
        Append append = AppendOf(2, (ulong)random.Next(5), At(previous, (ulong)random.Next(3)), batch, (ulong)random.Next(8));
        byte[] frame = Sample.Of(append).Frame;
        return random.Next(4) == 0 ? Mutator.Mutate(random, frame) : frame;
    }

    private static byte[] AnyTransfer(Random random)
    {
        var epoch = new Epoch(2);
        var transfer = new TransferId((ulong)random.Next(3));
        return random.Next(3) switch
        {
            0 => Sample.Of(new TransferBegin(epoch, transfer, At((ulong)random.Next(60), (ulong)random.Next(4)))).Frame,
            1 => Sample.Of(new TransferRows(epoch, transfer, random.Next(-1, 3), 0, new ReadOnlySequence<byte>([1]))).Frame,
            _ => Sample.Of(new TransferEnd(epoch, transfer, random.Next(-1, 3))).Frame,
        };
    }

    private static void Deliver(ReplicaRig rig, ConnectionId from, byte[] bytes)
    {
        try
        {
            rig.Core.Received(rig.Now, from, new Frame(new ReadOnlySequence<byte>(bytes)));
        }
        catch (ProtocolViolationException)
        {
            rig.CloseConnection(from);
        }

        rig.Core.BatchEnded(rig.Now);
        rig.DiskIsIdle();
        if (!rig.Disk.IsSetAside)
            rig.Pass(Timing.TickMs);
    }

    /// <summary>Whatever it was told, the next view makes it lead, and an honest user is answered.</summary>
    private static void ServesAgain(ReplicaRig rig)
    {
        Epoch staged = rig.Core.Views.Staged!.Epoch;
        if (rig.Disk.IsSetAside || staged >= Epoch.Max)
            return;

        rig.Adopt(ViewOf(staged.Value + 1, One, [One, Two], dataLoss: rig.Core.Views.Staged.DataLoss));
        rig.DiskIsIdle();
        rig.ListProducts(staged.Value + 1, correlation: 777);
        rig.Answer<Executed>(rig.FrontEnd, 777).Answer.IsEmpty.Should().BeFalse();
    }
}
