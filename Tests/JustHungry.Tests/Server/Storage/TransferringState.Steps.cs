using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;

namespace JustHungry.Tests.Server.Storage;

internal sealed partial class TransferringState
{
    private TestDisk.Loaded Install()
    {
        BeginInstall();
        _to.Disk.EndInstall(Transfer, RecordedShop.At(300));
        return _to.Next<TestDisk.Loaded>();
    }

    private void AssertEmptyAfterKill()
    {
        using TestDisk killed = _to.Killed();
        RecoveredDisk recovered = killed.Start();

        recovered.Batches.Should().BeEmpty();
        recovered.Base.Should().Be(EntryPosition.Start);
        recovered.CheckpointAt.Should().Be(EntryPosition.Start);
        recovered.Shop.Digest().Should().Be(new ShopState().Digest());
        recovered.Adopted!.Epoch.Should().Be(new Epoch(4));
        recovered.Disk.Should().Be(_to.Recovered.Disk);
        killed.Append(Shop.Batch(1, 10));
        KeepingTheLog.Same(killed.Restart().Batches, [Shop.Batch(1, 10)]);
    }

    private static ShopState StateOf(List<ReadOnlyMemory<byte>> chunks)
    {
        var state = new ShopState();
        foreach (ReadOnlyMemory<byte> rows in chunks)
            EffectReader.ApplyTo(state, new ReadOnlySequence<byte>(rows));
        return state;
    }
}
