using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;

namespace JustHungry.Server.Hosting;

/// <summary>A replica's disk, with each write's beginning noted for the metrics; its end comes to <see cref="ReplicaProcess"/>.</summary>
internal sealed class MeteredDisk(IReplicaDisk disk, ServerMetrics metrics) : IReplicaDisk
{
    public void Write(LogWrite write)
    {
        metrics.WriteBegins(write);
        disk.Write(write);
    }

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) => disk.Checkpoint(batches, upTo);

    public void Load() => disk.Load();

    public void OpenSnapshot(ulong transfer) => disk.OpenSnapshot(transfer);

    public void ReadSnapshot(ulong transfer) => disk.ReadSnapshot(transfer);

    public void CloseSnapshot(ulong transfer) => disk.CloseSnapshot(transfer);

    public void BeginInstall(ulong transfer) => disk.BeginInstall(transfer);

    public void InstallRows(ulong transfer, int chunk, ReadOnlyMemory<byte> rows) => disk.InstallRows(transfer, chunk, rows);

    public void EndInstall(ulong transfer, EntryPosition at) => disk.EndInstall(transfer, at);

    public void SetAside() => disk.SetAside();
}
