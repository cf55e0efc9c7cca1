using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Replication;

namespace JustHungry.Server.Storage;

/// <summary>
/// A replica's disk: SQLite files in a data directory that the caller opened and closes. Owned by the daemon's loop, which calls
/// <see cref="Recover"/> first; the answers come on other threads. Its one rule: after a failure it does nothing more.
/// </summary>
internal sealed class SqliteReplicaDisk(DataDirectory directory, BootId boot, IReplicaDiskEvents events, TimeProvider time) : IReplicaDisk, IDisposable
{
    private OpenDisk? _open;
    private Thread? _settingAside;
    private int _failed;

    private OpenDisk Open
    {
        get
        {
            OpenDisk? open = _open;
            Invariant.Check(open is not null, "a disk is used after its recovery, and not while it is set aside");
            return open;
        }
    }

    /// <summary>Opens the files and reads what they hold; durable when this returns, whatever a killed process left.</summary>
    /// <exception cref="DamagedStorageException">What is there cannot be what this server wrote: the server says so and ends with 1.</exception>
    /// <exception cref="StorageException">The disk failed.</exception>
    public RecoveredDisk Recover()
    {
        DiskFiles files = DiskFiles.Open(directory);
        try
        {
            RecoveredDisk recovered = DiskRecovery.Recover(directory, files, boot);
            _open = new OpenDisk(directory, files, events, Fail);
            return recovered;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Write(LogWrite write) => Open.Write(write);

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) => Open.Checkpoint(batches, upTo);

    public void Load() => Open.Load();

    public void OpenSnapshot(ulong transfer) => Open.OpenSnapshot(transfer);

    public void ReadSnapshot(ulong transfer) => Open.ReadSnapshot(transfer);

    public void CloseSnapshot(ulong transfer) => Open.CloseSnapshot(transfer);

    public void BeginInstall(ulong transfer) => Open.BeginInstall(transfer);

    public void InstallRows(ulong transfer, int chunk, ReadOnlyMemory<byte> rows) => Open.InstallRows(transfer, chunk, rows);

    public void EndInstall(ulong transfer, EntryPosition at) => Open.EndInstall(at);

    public void SetAside()
    {
        OpenDisk old = Open;
        _open = null;
        _settingAside = new Thread(() => SetAside(old)) { IsBackground = true, Name = "setting the disk aside" };
        _settingAside.Start();
    }

    /// <summary>Waits for the running commit; what was only posted is dropped.</summary>
    public void Dispose()
    {
        _settingAside?.Join();
        _open?.Dispose();
        _open = null;
    }

    private void SetAside(OpenDisk old)
    {
        try
        {
            old.Dispose();
            directory.SetAside(time.GetUtcNow());
            events.WasSetAside();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _failed, 1) == 0)
            events.Failed(error);
    }
}
