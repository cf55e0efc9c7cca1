using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;

namespace JustHungry.Server.Storage;

/// <summary>
/// The work on one open data directory. The log belongs to one thread, so that a commit waits for nothing else; the tables to another,
/// and snapshots to a third, so that a transfer goes on during a checkpoint. What needs both files goes from thread to thread,
/// in the order that a start after a crash in between can make sense of.
/// </summary>
internal sealed class OpenDisk : IDisposable
{
    private readonly DataDirectory _directory;
    private readonly IReplicaDiskEvents _events;
    private readonly DiskFiles _files;
    private readonly LogDatabase _log;
    private readonly Checkpoint _tables;
    private readonly SortedDictionary<ulong, CheckpointSnapshot> _snapshots = []; // the snapshot thread's
    private readonly WalKeeper _wal;
    private readonly DiskWorker _logWorker, _tablesWorker, _snapshotWorker;

    /// <param name="files">This object's from now on.</param>
    public OpenDisk(DataDirectory directory, DiskFiles files, IReplicaDiskEvents events, Action<Exception> failed)
    {
        (_directory, _files, _log, _tables, _events) = (directory, files, files.Log, files.Tables, events);
        _wal = new WalKeeper(_log, failed);
        _logWorker = new DiskWorker("log", failed);
        _tablesWorker = new DiskWorker("tables", failed);
        _snapshotWorker = new DiskWorker("snapshots", failed);
    }

    public void Write(LogWrite write) => _logWorker.Post(() =>
    {
        long bytes = _log.Write(write);
        _files.Mark.Write(_log.Mark);
        _events.Written();
        _wal.Grew(bytes);
    });

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) => _tablesWorker.Post(() =>
    {
        _tables.Advance(batches, upTo, _tablesWorker.Stopping);
        _files.Mark.Flush();
        _events.Checkpointed(_tables.Position);
    });

    public void Load() => _tablesWorker.Post(() => _events.Loaded(_tables.Load(_tablesWorker.Stopping), _tables.Position));

    public void OpenSnapshot(ulong transfer) => _snapshotWorker.Post(() =>
    {
        var snapshot = new CheckpointSnapshot(_directory.OrdersFile);
        _snapshots.Add(transfer, snapshot);
        _events.SnapshotOpened(transfer, snapshot.Position);
    });

    public void ReadSnapshot(ulong transfer) => _snapshotWorker.Post(() =>
    {
        (ReadOnlyMemory<byte> rows, bool last) = _snapshots[transfer].ReadChunk();
        _events.SnapshotRead(transfer, rows, last);
    });

    public void CloseSnapshot(ulong transfer) => _snapshotWorker.Post(() =>
    {
        if (_snapshots.Remove(transfer, out CheckpointSnapshot? snapshot))
            snapshot.Dispose();
    });

    /// <summary>The mark goes first: from then on, a start empties whatever is there.</summary>
    public void BeginInstall(ulong transfer) => _logWorker.Post(() =>
    {
        _log.BeginInstall();
        _files.Mark.Write(_log.Mark);
        _tablesWorker.Post(() =>
        {
            _tables.Clear();
            _events.InstallStored(transfer, 0);
        });
    });

    public void InstallRows(ulong transfer, int chunk, ReadOnlyMemory<byte> rows) => PostAfterInstallBegan(() =>
    {
        _tables.InstallRows(rows);
        _events.InstallStored(transfer, chunk + 1);
    });

    /// <summary>The mark goes last, with the log's base: a start finds either nothing or all.</summary>
    public void EndInstall(EntryPosition at) => PostAfterInstallBegan(() =>
    {
        _tables.EndInstall(at);
        _logWorker.Post(() =>
        {
            _log.EndInstall(at);
            _files.Mark.Write(_log.Mark);
            Load();
        });
    });

    public void Dispose()
    {
        _tablesWorker.Stop(); // a load or checkpoint under way ends early
        _logWorker.Dispose();
        _tablesWorker.Dispose();
        _snapshotWorker.Dispose();
        _wal.Dispose();
        foreach (CheckpointSnapshot snapshot in _snapshots.Values)
            snapshot.Dispose();
        _files.Dispose();
    }

    /// <summary>By the way that BeginInstall goes, so that nothing overtakes it.</summary>
    private void PostAfterInstallBegan(Action work) => _logWorker.Post(() => _tablesWorker.Post(work));
}
