using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Disk;

/// <summary>
/// A replica's disk for one run of its process. The log, the tables and the snapshots have a worker each, as in the daemon. What is written
/// is in the page cache first and is synced later; then the answer goes to the process's queue.
/// </summary>
internal sealed class SimReplicaDisk(SimProcess process, DiskImage image, DiskHealth health, IReplicaDiskEvents events) : IReplicaDisk
{
    private readonly SimWorld _world = process.World;
    private readonly DiskWorker _log = new(process);
    private readonly DiskWorker _tables = new(process);
    private readonly DiskWorker _reader = new(process);
    private readonly SortedDictionary<TransferId, (TablesImage Tables, int NextChunk)> _snapshots = [];
    private readonly List<ReadOnlyMemory<byte>> _installed = [];

    public void Write(LogWrite write) => process.Effect(() => _log.Add(done =>
    {
        if (image.Log.IsInstalling && write.Append.Count > 0)
            throw new ViolationException($"{process.Name} appends {write.Append[0]} to a log that a transfer is about to replace");
        image.WriteLog(image.Log.After(write));
        SyncLog(() =>
        {
            events.Written();
            done();
        });
    }));

    public void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) =>
        process.Effect(() => _tables.Add(done => CheckpointSlice(batches, upTo, done)));

    public void Load() => process.Effect(() => _tables.Add(() => events.Loaded(image.Tables.Load(), image.Tables.At)));

    public void OpenSnapshot(TransferId transfer) => process.Effect(() => _reader.Add(() =>
    {
        TablesImage tables = image.DurableTables; // a reader sees a transaction once it is synced, as in SQLite's WAL mode
        _snapshots[transfer] = (tables.InChunksOf(health.Pieces.ChunkEffects), 0);
        events.SnapshotOpened(transfer, tables.At);
    }));

    public void ReadSnapshot(TransferId transfer) => process.Effect(() => _reader.Add(() =>
    {
        if (!_snapshots.TryGetValue(transfer, out (TablesImage Tables, int NextChunk) snapshot))
            return; // closed since
        int next = snapshot.NextChunk;
        int count = snapshot.Tables.Chunks.Count;
        if (next >= Math.Max(count, 1))
            throw new ViolationException($"snapshot {transfer} is read past its last chunk");
        _snapshots[transfer] = (snapshot.Tables, next + 1);
        events.SnapshotRead(transfer, count == 0 ? default : snapshot.Tables.Chunks[next].ToArray(), last: next + 1 >= count);
    }));

    public void CloseSnapshot(TransferId transfer) => process.Effect(() => _reader.Add(() => _snapshots.Remove(transfer)));

    public void BeginInstall(TransferId transfer) => process.Effect(() => _tables.Add(done =>
    {
        _installed.Clear();
        image.WriteLog(image.Log with { Base = EntryPosition.Start, Batches = [], IsInstalling = true });
        SyncLog(() =>
        {
            image.WriteTables(TablesImage.Empty);
            SyncTables(() =>
            {
                events.InstallStored(transfer, 0);
                done();
            });
        });
    }));

    public void InstallRows(TransferId transfer, int chunk, ReadOnlyMemory<byte> rows)
    {
        byte[] kept = rows.ToArray();
        process.Effect(() => _tables.Add(done =>
        {
            if (!image.Log.IsInstalling || chunk != _installed.Count)
                throw new ViolationException($"transfer {transfer} stores chunk {chunk} where {_installed.Count} is next");
            _installed.Add(kept);
            image.WriteTables(new TablesImage(EntryPosition.Start, [.. _installed]));
            SyncTables(() =>
            {
                events.InstallStored(transfer, chunk + 1);
                done();
            });
        }));
    }

    public void EndInstall(TransferId transfer, EntryPosition at) => process.Effect(() => _tables.Add(done =>
    {
        if (!image.Log.IsInstalling)
            throw new ViolationException($"transfer {transfer} ends without having begun");
        image.WriteTables(image.Tables with { At = at });
        SyncTables(() =>
        {
            image.WriteLog(image.Log with { Base = at, IsInstalling = false });
            SyncLog(() =>
            {
                events.Loaded(image.Tables.Load(), at);
                done();
            });
        });
    }));

    public void SetAside() => process.Effect(events.WasSetAside);

    private void CheckpointSlice(IReadOnlyList<LogBatch> batches, EntryPosition upTo, Action done)
    {
        TablesImage before = image.Tables;
        int sliceEntries = health.Pieces.SliceEntries;
        bool isLast = upTo.Index.Value <= before.At.Index.Value + (ulong)sliceEntries;
        EntryPosition sliceEnd = isLast ? upTo : PositionIn(batches, before.At.Index + sliceEntries);
        TablesImage after = upTo.Index <= before.At.Index ? before : before.After(batches, sliceEnd);
        if (after.At != sliceEnd)
            throw new ViolationException($"a checkpoint to {sliceEnd} ends at {after.At}");

        image.WriteTables(after);
        SyncTables(() =>
        {
            if (!isLast)
            {
                CheckpointSlice(batches, upTo, done);
                return;
            }

            events.Checkpointed(upTo);
            done();
        });
    }

    private static EntryPosition PositionIn(IReadOnlyList<LogBatch> batches, EntryIndex index) =>
        new(index, batches.First(b => b.First <= index && index <= b.Last).Epoch);

    private void SyncLog(Action synced) => AfterSync(() =>
    {
        if (health.FailsNext || IsFull)
        {
            health.FailsNext = false;
            if (IsFull || process.World.Chance.OneIn(2))
                image.WriteLog(image.DurableLog);
            Fail("its log");
            return;
        }

        image.SyncLog();
        synced();
    });

    private void SyncTables(Action synced) => AfterSync(() =>
    {
        if (health.FailsNextTables || IsFull)
        {
            health.FailsNextTables = false;
            if (IsFull || process.World.Chance.OneIn(2))
                image.WriteTables(image.DurableTables);
            Fail("its tables");
            return;
        }

        image.SyncTables();
        synced();
    });

    private bool IsFull => _world.NowUs < health.FullUntilUs;

    /// <summary>Nothing more happens on this worker: the process has to stop.</summary>
    private void Fail(string what)
    {
        process.Note($"cannot sync {what}");
        events.Failed(new InvalidOperationException("the disk has failed"));
    }

    private void AfterSync(Action synced)
    {
        long atUs = _world.NowUs + _world.Chance.Skewed(health.SyncLeastUs, health.SyncMostUs);
        _world.Time.At(Math.Max(health.HangsUntilUs, atUs), process.InThisRun(synced));
    }
}
