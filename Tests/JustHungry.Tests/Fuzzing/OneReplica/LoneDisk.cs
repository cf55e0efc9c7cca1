using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.World;

namespace JustHungry.Tests.Fuzzing.OneReplica;

/// <summary>
/// A disk on which each piece of work goes on only when it is told to, and which refuses what the real one refuses. Of the tables it keeps
/// the entries that were applied, so that the position of a checkpoint can be compared with the log's.
/// </summary>
internal sealed class LoneDisk : IReplicaDisk
{
    private readonly Queue<Install> _installs = new();
    private (IReadOnlyList<LogBatch> Batches, EntryPosition UpTo)? _checkpoint;
    private int _loads;

    private sealed record Install(InstallStep Step, TransferId Transfer, int Chunk, EntryPosition At);

    private enum InstallStep
    {
        Begin,
        Rows,
        End,
    }

    public LogImage Log { get; private set; } = LogImage.Empty;

    /// <summary>The entries in the tables, and their position.</summary>
    public List<PastEntry> Tables { get; } = [];

    public EntryPosition TablesAt { get; private set; } = EntryPosition.Start;

    public LogWrite? Running { get; private set; }

    public bool IsCheckpointing => _checkpoint is not null;

    public bool IsLoading => _loads > 0;

    public bool IsInstalling => _installs.Count > 0;

    public bool IsIdle => Running is null && !IsCheckpointing && !IsLoading && !IsInstalling;

    /// <summary>The committed history, from which a transfer's rows are made.</summary>
    public required IReadOnlyList<PastEntry> Committed { get; init; }

    public void Write(LogWrite write)
    {
        if (Running is not null || IsInstalling)
            throw new ViolationException("a write begins during another one, or during an installation");
        if (Log.IsInstalling && (write.Append.Count > 0 || write.CutFrom is not null || write.Base is not null))
            throw new ViolationException("a write to a log that a transfer is about to replace");
        Running = write;
    }

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo)
    {
        if (IsCheckpointing)
            throw new ViolationException("two checkpoints at once");
        if (Log.EpochAt(upTo.Index) != upTo.Epoch)
            throw new ViolationException($"a checkpoint to {upTo}, which the log on disk, {Log.Base}..{Log.Last}, does not hold");
        _checkpoint = (batches, upTo);
    }

    public void Load() => _loads++;

    public void BeginInstall(TransferId transfer)
    {
        if (!IsIdle)
            throw new ViolationException("an installation begins while the disk has other work");
        _installs.Enqueue(new Install(InstallStep.Begin, transfer, 0, EntryPosition.Start));
    }

    public void InstallRows(TransferId transfer, int chunk, ReadOnlyMemory<byte> rows) => _installs.Enqueue(new Install(InstallStep.Rows, transfer, chunk, EntryPosition.Start));

    public void EndInstall(TransferId transfer, EntryPosition at) => _installs.Enqueue(new Install(InstallStep.End, transfer, 0, at));

    public void SetAside() => throw new ViolationException("a directory is set aside though nobody gave anything up");

    public void EndWrite(ReplicaCore core, Now now)
    {
        Store();
        core.Written(now);
    }

    /// <summary>Applies one entry more, or a few, each number of which may be a slice of its own.</summary>
    public void StepCheckpoint(ReplicaCore core, Now now, int entries)
    {
        (IReadOnlyList<LogBatch> batches, EntryPosition upTo) = _checkpoint!.Value;
        foreach (LogBatch batch in batches)
        {
            foreach ((EntryIndex index, ReadOnlySequence<byte> content) in LogImage.Entries(batch))
            {
                if (entries == 0 || index <= TablesAt.Index || index > upTo.Index)
                    continue;
                if (index != TablesAt.Index.Next)
                    throw new ViolationException($"tables at {TablesAt} are given entry {index} next");
                Tables.Add(new PastEntry(batch.Epoch.Value, content.ToArray()));
                TablesAt = new EntryPosition(index, batch.Epoch);
                entries--;
            }
        }

        if (TablesAt.Index < upTo.Index)
            return;
        if (TablesAt != upTo)
            throw new ViolationException($"a checkpoint to {upTo} ends at {TablesAt}");
        _checkpoint = null;
        core.Checkpointed(now, upTo);
    }

    public void EndLoad(ReplicaCore core, Now now)
    {
        _loads--;
        core.Loaded(now, LoadTables(), TablesAt);
    }

    public void StepInstall(ReplicaCore core, Now now)
    {
        Install install = _installs.Dequeue();
        switch (install.Step)
        {
            case InstallStep.Begin:
                Log = Log with { Base = EntryPosition.Start, Batches = [], IsInstalling = true };
                SetTables(EntryPosition.Start);
                core.InstallStored(install.Transfer, 0);
                break;
            case InstallStep.Rows:
                core.InstallStored(install.Transfer, install.Chunk + 1);
                break;
            default:
                SetTables(install.At);
                Log = Log with { Base = install.At, IsInstalling = false };
                core.Loaded(now, LoadTables(), install.At);
                break;
        }
    }

    /// <summary>The process dies, and what a later one finds is read.</summary>
    /// <param name="stored">Whether the write under way has reached the disk.</param>
    public RecoveredDisk Recover(DiskId id, bool stored)
    {
        if (stored && Running is not null)
            Store();
        Running = null;
        _checkpoint = null;
        _loads = 0;
        _installs.Clear();
        if (Log.IsInstalling)
        {
            Log = Log with { Base = EntryPosition.Start, Batches = [], IsInstalling = false };
            SetTables(EntryPosition.Start);
        }

        CheckTablesMeetLog();
        return new RecoveredDisk(id, Log.Adopted, Log.Base, Log.Batches, TablesAt, LoadTables());
    }

    /// <summary>A start at this moment would find two files that can be used together.</summary>
    public void CheckTablesMeetLog()
    {
        if (!Log.IsInstalling && (TablesAt.Index < Log.Base.Index || Log.EpochAt(TablesAt.Index) != TablesAt.Epoch))
            throw new ViolationException($"the tables stand at {TablesAt}, and the log beside them, {Log.Base}..{Log.Last}, does not hold that");
    }

    private void Store()
    {
        Log = Log.After(Running!);
        Running = null;
    }

    private void SetTables(EntryPosition at)
    {
        Tables.Clear();
        Tables.AddRange(Committed.Take((int)at.Index.Value));
        TablesAt = at;
    }

    private ShopState LoadTables()
    {
        var shop = new ShopState();
        foreach (PastEntry entry in Tables)
            EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(entry.Content));
        return shop;
    }
}
