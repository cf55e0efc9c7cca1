using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Disk;

/// <summary>
/// A data directory: its journal and tables as the page cache has them, which survives a kill, and as they were last synced, which survives
/// a power failure. The journal's records and SQLite's transactions are atomic, so each makes a complete new image or none.
/// </summary>
internal sealed class DiskImage(DiskId id, IDiskWatch watch)
{
    public DiskId Id { get; } = id;

    /// <summary>The highest entry that a process on this disk has ever taken for committed.</summary>
    public EntryIndex KnownCommit { get; set; }

    public LogImage Log { get; private set; } = LogImage.Empty;

    public LogImage DurableLog { get; private set; } = LogImage.Empty;

    public TablesImage Tables { get; private set; } = TablesImage.Empty;

    public TablesImage DurableTables { get; private set; } = TablesImage.Empty;

    public void WriteLog(LogImage log) => Log = log;

    public void SyncLog()
    {
        LogImage before = DurableLog;
        DurableLog = Log;
        watch.LogSynced(this, before);
    }

    public void WriteTables(TablesImage tables) => Tables = tables;

    public void SyncTables()
    {
        DurableTables = Tables;
        watch.TablesSynced(this);
    }

    /// <summary>What <c>--copy-to</c> and <c>--restore-from</c> make of it; null if it holds nothing that counts.</summary>
    public DiskImage? Restored(DiskId id, IDiskWatch watch, Func<RecoveredDisk, View> beginAnew)
    {
        if (Log.IsInstalling || Log.Adopted is null)
            return null;
        var restored = new DiskImage(id, watch) { Log = Log, Tables = Tables };
        var copied = new RecoveredDisk(id, Log.Adopted, Log.Base, Log.Batches, Tables.At, Tables.Load());
        restored.Log = restored.Log with { Adopted = beginAnew(copied) };
        restored.SyncLog();
        return restored;
    }

    /// <summary>The power fails: each transaction whose sync had begun may or may not have reached the disk.</summary>
    public void LosePower(Chance chance)
    {
        if (!ReferenceEquals(Log, DurableLog) && chance.OneIn(3))
            SyncLog();
        if (!ReferenceEquals(Tables, DurableTables) && chance.OneIn(3))
            SyncTables();
        LoseUnsynced();
    }

    /// <summary>The power fails before any sync under way has written anything.</summary>
    public void LoseUnsynced()
    {
        Log = DurableLog;
        Tables = DurableTables;
    }

    /// <summary>
    /// What a start reads. It first writes something to both, which makes durable whatever was in the page cache; an installation that was
    /// cut short leaves an empty shop.
    /// </summary>
    public RecoveredDisk Open()
    {
        if (Log.IsInstalling)
        {
            SyncLog();
            Tables = TablesImage.Empty;
            SyncTables();
            Log = Log with { Base = EntryPosition.Start, Batches = [], IsInstalling = false };
        }

        if (Tables.At.Index < Log.Base.Index || Tables.At.Index > Log.Last.Index)
            throw new ViolationException($"the tables stand at {Tables.At}, the log beside them goes from {Log.Base} to {Log.Last}");
        SyncLog();
        SyncTables();
        return new RecoveredDisk(Id, Log.Adopted, Log.Base, Log.Batches, Tables.At, Tables.Load());
    }
}

/// <summary>For a disk that belongs to no cluster.</summary>
internal sealed class Nobody : IDiskWatch
{
    public static Nobody Watching { get; } = new();

    public void LogSynced(DiskImage disk, LogImage before)
    {
    }

    public void TablesSynced(DiskImage disk)
    {
    }
}

/// <summary>Is told of every change of what is durable.</summary>
internal interface IDiskWatch
{
    void LogSynced(DiskImage disk, LogImage before);

    void TablesSynced(DiskImage disk);
}
