using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Disk;

/// <summary>
/// A data directory: what the page cache shows of its journal and its tables, which outlives a kill, and what was synced, which outlives the power.
/// The journal's records are atomic, and so are SQLite's transactions: each is a whole image or nothing.
/// </summary>
internal sealed class DiskImage(DiskId id, IDiskWatch watch)
{
    public DiskId Id { get; } = id;

    /// <summary>Up to where a process on this disk has ever believed its log committed.</summary>
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

    /// <summary>The power fails: a transaction whose sync had begun may be there or not, each for itself.</summary>
    public void LosePower(Chance chance)
    {
        if (!ReferenceEquals(Log, DurableLog) && chance.OneIn(3))
            SyncLog();
        if (!ReferenceEquals(Tables, DurableTables) && chance.OneIn(3))
            SyncTables();
        LoseUnsynced();
    }

    /// <summary>The power fails before any sync that had begun has done anything.</summary>
    public void LoseUnsynced()
    {
        Log = DurableLog;
        Tables = DurableTables;
    }

    /// <summary>
    /// What a start reads. It writes something to both first, which makes durable whatever the page cache still showed; an
    /// installation that was cut short leaves an empty shop.
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

/// <summary>Sees every change of what is durable.</summary>
internal interface IDiskWatch
{
    void LogSynced(DiskImage disk, LogImage before);

    void TablesSynced(DiskImage disk);
}
