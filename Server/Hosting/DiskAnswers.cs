using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;

namespace JustHungry.Server.Hosting;

/// <summary>Posts the disk's answers, which come on its own threads, into the loop.</summary>
internal sealed class DiskAnswers(CoreLoop loop, ServerMetrics metrics) : IReplicaDiskEvents
{
    /// <summary>Set once, before the loop runs.</summary>
    public ReplicaCore? Core { get; set; }

    /// <summary>Why the disk made the loop end; null if it did not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The directory was set aside: the server must begin anew on the empty one.</summary>
    public bool IsSetAside { get; private set; }

    public void Written()
    {
        metrics.WriteEnded();
        loop.Post(now => Core!.Written(now));
    }

    public void Checkpointed(EntryPosition at) => loop.Post(now => Core!.Checkpointed(now, at));

    public void Loaded(ShopState shop, EntryPosition at) => loop.Post(now => Core!.Loaded(now, shop, at));

    public void SnapshotOpened(ulong transfer, EntryPosition at) => loop.Post(_ => Core!.SnapshotOpened(transfer, at));

    public void SnapshotRead(ulong transfer, ReadOnlyMemory<byte> rows, bool last) => loop.Post(_ => Core!.SnapshotRead(transfer, rows, last));

    public void InstallStored(ulong transfer, int nextChunk) => loop.Post(_ => Core!.InstallStored(transfer, nextChunk));

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
