using System.Diagnostics;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>
/// A replica's disk, in a data directory that the caller opens and closes. Used by the daemon's loop; the answers come on other threads.
/// The log belongs to one thread, so that a commit waits for nothing else; the tables belong to another, and snapshots to a third, so that
/// a transfer goes on during a checkpoint. Work that needs both log and tables passes from thread to thread, in an order from which a start
/// can recover after a crash at any point. Its one rule: after a failure it does nothing more.
/// </summary>
internal sealed class ReplicaDisk : IReplicaDisk, IDisposable
{
    private readonly DataDirectory _directory;
    private readonly IReplicaDiskEvents _events;
    private readonly TimeProvider _time;
    private readonly Action<LogWrite, TimeSpan>? _committed;
    private readonly DiskFiles _files;
    private readonly LogJournal _log;
    private readonly Checkpoint _tables;
    private readonly SortedDictionary<TransferId, CheckpointSnapshot> _snapshots = []; // the snapshot thread only
    private readonly DiskWorker _logWorker, _tablesWorker, _snapshotWorker;
    private Thread? _settingAside;
    private int _failed;
    private bool _isClosed;

    private ReplicaDisk(DataDirectory directory, DiskFiles files, IReplicaDiskEvents events, TimeProvider time, Action<LogWrite, TimeSpan>? committed)
    {
        (_directory, _files, _log, _tables) = (directory, files, files.Log, files.Tables);
        (_events, _time, _committed) = (events, time, committed);
        _logWorker = new DiskWorker("log", Fail);
        _tablesWorker = new DiskWorker("tables", Fail);
        _snapshotWorker = new DiskWorker("snapshots", Fail);
    }

    /// <summary>Opens the files and reads them. Whatever a killed process left is durable when this returns.</summary>
    /// <param name="committed">Called on the log's thread for each write, with the time from the call until it was durable.</param>
    /// <param name="patience">How to wait for another program that is reading the tables; null: fail instead.</param>
    /// <exception cref="DamagedStorageException">The files can't be what this server wrote. The server exits with 1.</exception>
    /// <exception cref="StorageException">The disk failed.</exception>
    public static ReplicaDisk Open(
        DataDirectory directory, BootId boot, IReplicaDiskEvents events, TimeProvider time, out RecoveredDisk recovered,
        Action<LogWrite, TimeSpan>? committed = null, Patience? patience = null, DiskOptions? options = null)
    {
        (DiskFiles files, string? loss, string? aside) = OpenFiles(directory, time, options);
        try
        {
            recovered = DiskRecovery.Recover(directory, files, boot, patience) with { Loss = loss, Aside = aside };
            return new ReplicaDisk(directory, files, events, time, committed);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Write(LogWrite write)
    {
        long began = Stopwatch.GetTimestamp();
        _logWorker.Post(() =>
        {
            _log.Write(write);
            _committed?.Invoke(write, Stopwatch.GetElapsedTime(began));
            _files.Mark.Write(_log.Mark);
            _events.Written();
        });
    }

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) => _tablesWorker.Post(() =>
    {
        _tables.Advance(batches, upTo, _tablesWorker.Stopping);
        _files.Mark.Flush();
        _events.Checkpointed(_tables.Position);
    });

    public void Load() => _tablesWorker.Post(() => _events.Loaded(_tables.Load(_tablesWorker.Stopping), _tables.Position));

    public void OpenSnapshot(TransferId transfer) => _snapshotWorker.Post(() =>
    {
        var snapshot = new CheckpointSnapshot(_directory.OrdersFile);
        _snapshots.Add(transfer, snapshot);
        _events.SnapshotOpened(transfer, snapshot.Position);
    });

    public void ReadSnapshot(TransferId transfer) => _snapshotWorker.Post(() =>
    {
        (ReadOnlyMemory<byte> rows, bool last) = _snapshots[transfer].ReadChunk();
        _events.SnapshotRead(transfer, rows, last);
    });

    public void CloseSnapshot(TransferId transfer) => _snapshotWorker.Post(() =>
    {
        if (_snapshots.Remove(transfer, out CheckpointSnapshot? snapshot))
            snapshot.Dispose();
    });

    /// <summary>The log is marked first: from then on, a start empties whatever is there.</summary>
    public void BeginInstall(TransferId transfer) => _logWorker.Post(() =>
    {
        _log.BeginInstall();
        _files.Mark.Write(_log.Mark);
        _tablesWorker.Post(() =>
        {
            _tables.Clear();
            _events.InstallStored(transfer, 0);
        });
    });

    public void InstallRows(TransferId transfer, int chunk, ReadOnlyMemory<byte> rows) => PostAfterInstallBegan(() =>
    {
        _tables.InstallRows(rows);
        _events.InstallStored(transfer, chunk + 1);
    });

    /// <summary>The log's mark is removed last, when its base is set: a start finds either nothing or everything.</summary>
    public void EndInstall(TransferId transfer, EntryPosition at) => PostAfterInstallBegan(() =>
    {
        _tables.EndInstall(at);
        _logWorker.Post(() =>
        {
            _log.EndInstall(at);
            _files.Mark.Write(_log.Mark);
            Load();
        });
    });

    public void SetAside()
    {
        _settingAside = new Thread(CloseAndSetAside) { IsBackground = true, Name = "setting the disk aside" };
        _settingAside.Start();
    }

    /// <summary>Waits for the running commit; queued work is dropped.</summary>
    public void Dispose()
    {
        _settingAside?.Join();
        Close();
    }

    /// <summary>
    /// Opens the files. If log and tables no longer fit together, keeps the directory under another name and starts with an empty one.
    /// </summary>
    private static (DiskFiles Files, string? Loss, string? Aside) OpenFiles(DataDirectory directory, TimeProvider time, DiskOptions? options)
    {
        try
        {
            var files = DiskFiles.Open(directory, options);
            return (files, files.Loss, null);
        }
        catch (LogBehindTablesException e)
        {
            string aside = directory.SetAside(time.GetUtcNow());
            return (DiskFiles.Open(directory, options), e.Message, aside);
        }
    }

    private void CloseAndSetAside()
    {
        try
        {
            Close();
            _directory.SetAside(_time.GetUtcNow());
            _events.WasSetAside();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Close()
    {
        if (_isClosed)
            return;

        _isClosed = true;
        _tablesWorker.Stop(); // a load or checkpoint under way ends early
        _logWorker.Dispose();
        _tablesWorker.Dispose();
        _snapshotWorker.Dispose();
        foreach (CheckpointSnapshot snapshot in _snapshots.Values)
            snapshot.Dispose();
        _files.Dispose();
    }

    /// <summary>Goes through both threads as BeginInstall does, so that it can't overtake it.</summary>
    private void PostAfterInstallBegan(Action work) => _logWorker.Post(() => _tablesWorker.Post(work));

    private void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
            _events.Failed(error);
    }
}
