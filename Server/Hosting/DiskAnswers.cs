using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;

namespace JustHungry.Server.Hosting;

/// <summary>Posts the disk's answers, which come on its own threads, into the loop.</summary>
internal sealed class DiskAnswers(CoreLoop<ReplicaCore> loop, ServerMetrics metrics) : IReplicaDiskEvents
{
    /// <summary>Why the disk made the loop end; null if it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The directory was set aside: the server must begin anew on the empty one.</summary>
    public bool IsSetAside { get; private set; }

    public void Written()
    {
        metrics.WriteEnded();
        loop.Post((core, now) => core.Written(now));
    }

    public void Checkpointed(EntryPosition at) => loop.Post((core, now) => core.Checkpointed(now, at));

    public void Loaded(ShopState shop, EntryPosition at) => loop.Post((core, now) => core.Loaded(now, shop, at));

    public void SnapshotOpened(ulong transfer, EntryPosition at) => loop.Post((core, _) => core.SnapshotOpened(transfer, at));

    public void SnapshotRead(ulong transfer, ReadOnlyMemory<byte> rows, bool last) => loop.Post((core, _) => core.SnapshotRead(transfer, rows, last));

    public void InstallStored(ulong transfer, int nextChunk) => loop.Post((core, _) => core.InstallStored(transfer, nextChunk));

    public void WasSetAside()
    {
        IsSetAside = true;
        loop.Stop();
    }

    public void Failed(Exception error)
    {
        Failure = error is StorageException ? error : new StorageException(error.Message, error);
        loop.Stop();
    }
}
