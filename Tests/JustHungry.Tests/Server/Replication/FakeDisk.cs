using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;

namespace JustHungry.Tests.Server.Replication;

/// <summary>A replica's disk that does nothing until the test says that it has.</summary>
internal sealed class FakeDisk : IReplicaDisk
{
    public List<LogWrite> Writes { get; } = [];

    public List<EntryPosition> Checkpoints { get; } = [];

    public int Loads { get; private set; }

    public List<TransferId> Snapshots { get; } = [];

    public List<TransferId> Installs { get; } = [];

    public bool IsSetAside { get; private set; }

    public void Write(LogWrite write) => Writes.Add(write);

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) => Checkpoints.Add(upTo);

    public void Load() => Loads++;

    public void OpenSnapshot(TransferId transfer) => Snapshots.Add(transfer);

    public void ReadSnapshot(TransferId transfer)
    {
    }

    public void CloseSnapshot(TransferId transfer) => Snapshots.Remove(transfer);

    public void BeginInstall(TransferId transfer) => Installs.Add(transfer);

    public void InstallRows(TransferId transfer, int chunk, ReadOnlyMemory<byte> rows)
    {
    }

    public void EndInstall(TransferId transfer, EntryPosition at)
    {
    }

    public void SetAside() => IsSetAside = true;
}
