using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
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
    private readonly SqliteStatement _begin, _commit, _setPosition;
    private readonly CheckpointTables _tables;

    private Checkpoint(SqliteDatabase database)
    {
        _database = database;
        CheckpointSchema.Ensure(database);
        _begin = database.Prepare("begin immediate");
        _commit = database.Prepare("commit");
        _setPosition = database.Prepare("update meta set position_index = ?1, position_epoch = ?2");
        _tables = new CheckpointTables(database);
        Position = ReadPosition(database);
    }

    /// <summary>The last entry that the tables hold.</summary>
    public EntryPosition Position { get; private set; }

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
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public static EntryPosition ReadPosition(SqliteDatabase database)
    {
        using SqliteStatement query = database.Prepare("select position_index, position_epoch from meta");
        return query.Step()
            ? new EntryPosition(new EntryIndex(query.Unsigned(0)), new Epoch(query.Unsigned(1)))
            : throw new DamagedStorageException(database.File, "the table meta has no row");
    }

    /// <summary>
    /// Makes durable what a killed process wrote and did not fsync: the log may be cut below the position that was read here.
    /// </summary>
    public void CommitBoot(BootId boot)
    {
        using SqliteStatement set = _database.Prepare("update meta set boot = ?1");
        set.BindId(1, boot.Value).Run();
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
            using var reader = new CheckpointReader(_database);
            while (reader.ApplyNext(shop))
                stop.ThrowIfCancellationRequested();
        }
        catch (InvariantException e)
        {
            throw new DamagedStorageException(_database.File, "its rows contradict each other: " + e.Message, e);
        }

        _database.Execute("commit");
        return shop;
    }

    /// <summary>Empties the tables. The position is then the log's beginning.</summary>
    public void Clear()
    {
        _begin.Run();
        _database.Execute("delete from products; delete from customers; delete from requests; delete from orders; update meta set owner_key_hash = null");
        _tables.Forget();
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

    private void CommitAt(EntryPosition at)
    {
        _tables.Flush();
        _setPosition.Bind(1, at.Index.Value).Bind(2, at.Epoch.Value).Run();
        _commit.Run();
        Position = at;
    }
}
