using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;
using MessagePack;

namespace JustHungry.Server.Storage;

/// <summary>
/// <c>orders.db</c>: the shop's state as tables, at a position of the log that stands in the same transaction as the rows. Owned by the
/// disk's tables thread. Its one rule: the position only goes forward, and no entry at or below it is applied again.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    /// <summary>
    /// Some 20 MiB and 200 ms: what a stop waits for. The more, the fewer answers and stocks are written that later entries replace: of a
    /// thousand busy users' answers in a slice of 20,000 entries four of five stay, in one of 100,000 one of six.
    /// </summary>
    private const int EntriesPerSlice = 100_000;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin, _commit, _writeMeta;
    private readonly CheckpointMeta _meta;
    private readonly CheckpointTables _tables;

    private Checkpoint(SqliteDatabase database)
    {
        _database = database;
        CheckpointSchema.Ensure(database);
        _meta = CheckpointMeta.Read(database);
        _begin = database.Prepare("begin immediate");
        _commit = database.Prepare("commit");
        _writeMeta = CheckpointMeta.PrepareWrite(database);
        _tables = new CheckpointTables(database, _meta);
    }

    /// <summary>The last entry that the tables hold.</summary>
    public EntryPosition Position => _meta.Position;

    /// <summary>Opens the tables, making them if they are not there.</summary>
    /// <exception cref="StorageException">The file is damaged, or the disk failed.</exception>
    public static Checkpoint Open(string file)
    {
        var database = new SqliteDatabase(file);
        try
        {
            database.Execute("pragma cache_size = -32768"); // KiB: the requests of some 10,000 customers are written again and again
            return new Checkpoint(database);
        }
        catch (Exception e)
        {
            database.Dispose();
            if (e is StorageException)
                throw;
            throw Damaged(file, e);
        }
    }

    /// <summary>
    /// Makes durable what was read, whatever became of it before: the log may be cut below the position that was read here. See
    /// <see cref="SqliteDatabase.RewriteWal"/>.
    /// </summary>
    public void CommitBoot(BootId boot, Patience? patience)
    {
        using (SqliteStatement set = _database.Prepare("update meta set boot = ?1"))
            set.BindId(1, boot.Value).Run();
        _database.RewriteWal(patience);
    }

    /// <summary>Applies the entries between the tables' position and <paramref name="upTo"/>, slice by slice, each durable with its position.</summary>
    /// <exception cref="OperationCanceledException">Between two slices: the tables stand at the last whole one.</exception>
    public void Advance(IReadOnlyList<LogBatch> batches, EntryPosition upTo, CancellationToken stop)
    {
        int inSlice = 0;
        EntryPosition at = Position;
        foreach (LogBatch batch in batches)
        {
            if (batch.Last <= at.Index || batch.First > upTo.Index)
                continue;

            Invariant.Check(batch.First <= at.Index.Next, "a checkpoint leaves out no entry");
            var entries = new MessagePackReader(batch.Sequence);
            for (EntryIndex index = batch.First; index <= EntryIndex.Min(batch.Last, upTo.Index); index = index.Next)
            {
                ReadOnlySequence<byte> effects = entries.ReadBin();
                if (index <= at.Index)
                    continue;
                if (inSlice == 0)
                    _begin.Run();
                EffectReader.ApplyTo(_tables, effects);
                at = new EntryPosition(index, batch.Epoch);
                if (++inSlice < EntriesPerSlice)
                    continue;

                CommitAt(at);
                inSlice = 0;
                stop.ThrowIfCancellationRequested();
            }
        }

        if (inSlice > 0)
            CommitAt(at);
        Invariant.Check(at == upTo || at.Index > upTo.Index, "a checkpoint ends where it was asked to");
    }

    /// <summary>A new state, as the tables hold it.</summary>
    /// <exception cref="DamagedStorageException">The rows contradict each other.</exception>
    /// <exception cref="OperationCanceledException">The server stops.</exception>
    public ShopState Load(CancellationToken stop)
    {
        var shop = new ShopState();
        _database.Execute("begin");
        try
        {
            using var reader = new CheckpointReader(_database, CheckpointMeta.Read(_database));
            while (reader.ApplyNext(shop))
                stop.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (e is not (StorageException or OperationCanceledException))
        {
            throw Damaged(_database.File, e);
        }

        _database.Execute("commit");
        return shop;
    }

    /// <summary>Empties the tables. The position is then the log's beginning.</summary>
    public void Clear()
    {
        _begin.Run();
        _database.Execute("delete from products; delete from customers; delete from requests; delete from orders; delete from refusals");
        _tables.Forget();
        _meta.Clear();
        CommitAt(EntryPosition.Start);
    }

    /// <summary>Applies one chunk of a state transfer.</summary>
    public void InstallRows(ReadOnlyMemory<byte> rows)
    {
        _begin.Run();
        EffectReader.ApplyTo(_tables, new ReadOnlySequence<byte>(rows));
        CommitAt(EntryPosition.Start);
    }

    /// <summary>The transfer is whole: the tables stand at its position.</summary>
    public void EndInstall(EntryPosition at)
    {
        _begin.Run();
        CommitAt(at);
    }

    public void Dispose() => _database.Dispose();

    /// <summary>Whatever a row that was not written by this server leads to, it is the file's fault.</summary>
    private static DamagedStorageException Damaged(string file, Exception e) => new(file, "its rows contradict each other: " + e.Message, e);

    private void CommitAt(EntryPosition at)
    {
        _tables.Flush();
        _meta.Write(_writeMeta, at);
        _commit.Run();
    }
}
