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
/// <c>orders.db</c>: the shop's state as tables, at a position of the log that is committed in the same transaction as the rows. Owned by
/// the disk's tables thread. Its one rule: the position only goes forward, and no entry at or below it is applied again.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    /// <summary>
    /// The rows of a state transfer are committed in pieces of so many bytes, not chunk by chunk: a disk with slow syncs would be at it for
    /// most of an hour. Nothing depends on a chunk being durable, since a start that finds half a transfer begins anew.
    /// </summary>
    private const int InstallCommitBytes = 1024 * 1024;

    private readonly SqliteDatabase _database;
    private readonly DiskOptions _options;
    private readonly SqliteStatement _begin, _commit, _writeMeta;
    private readonly CheckpointMeta _meta;
    private readonly CheckpointTables _tables;
    private int? _installedBytes; // since the last commit of an installation; null: no transaction is open

    private Checkpoint(SqliteDatabase database, DiskOptions options)
    {
        _database = database;
        _options = options;
        CheckpointSchema.Ensure(database);
        _meta = CheckpointMeta.Read(database);
        _begin = database.Prepare("begin immediate");
        _commit = database.Prepare("commit");
        _writeMeta = CheckpointMeta.PrepareWrite(database);
        _tables = new CheckpointTables(database, _meta);
    }

    /// <summary>The last entry that the tables hold.</summary>
    public EntryPosition Position => _meta.Position;

    /// <summary>Opens the tables, creating them if they don't exist.</summary>
    /// <exception cref="StorageException">The file is damaged, or the disk failed.</exception>
    public static Checkpoint Open(string file, DiskOptions? options = null)
    {
        var database = new SqliteDatabase(file);
        try
        {
            database.Execute("pragma cache_size = -32768"); // KiB: room for the often rewritten requests of some 10,000 customers
            return new Checkpoint(database, options ?? new DiskOptions());
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
    /// Makes durable what was read, whether or not it already was, because the log may be cut up to the position read here. See
    /// <see cref="SqliteDatabase.RewriteWal"/>.
    /// </summary>
    public void CommitBoot(BootId boot, Patience? patience)
    {
        using (SqliteStatement set = _database.Prepare("update meta set boot = ?1"))
            set.BindId(1, boot.Value).Run();
        _database.RewriteWal(patience);
    }

    /// <summary>Applies the entries between the tables' position and <paramref name="upTo"/>, slice by slice, each durable with its position.</summary>
    /// <exception cref="OperationCanceledException">Stopped between two slices: the tables stand at the end of the last one.</exception>
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
                if (++inSlice < _options.SliceEntries)
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

    /// <summary>Loads a new state from the tables.</summary>
    /// <exception cref="DamagedStorageException">The rows contradict each other.</exception>
    /// <exception cref="OperationCanceledException">The server is stopping.</exception>
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
        BeginPiece(); // if an earlier transfer was given up half-way, this goes on in its transaction
        _database.Execute("delete from products; delete from customers; delete from requests; delete from orders; delete from refusals");
        _tables.Forget();
        _meta.Clear();
        CommitAt(EntryPosition.Start);
    }

    /// <summary>Applies one chunk of a state transfer. It is durable when <see cref="EndInstall"/> returns.</summary>
    public void InstallRows(ReadOnlyMemory<byte> rows)
    {
        BeginPiece();
        EffectReader.ApplyTo(_tables, new ReadOnlySequence<byte>(rows));
        _installedBytes += rows.Length;
        if (_installedBytes >= InstallCommitBytes)
            CommitAt(EntryPosition.Start);
    }

    /// <summary>The transfer is complete: the tables now stand at its position.</summary>
    public void EndInstall(EntryPosition at)
    {
        BeginPiece();
        CommitAt(at);
    }

    public void Dispose() => _database.Dispose();

    /// <summary>Any exception caused by reading the rows means that the file is damaged.</summary>
    private static DamagedStorageException Damaged(string file, Exception e) => new(file, "its rows contradict each other: " + e.Message, e);

    private void BeginPiece()
    {
        if (_installedBytes is not null)
            return;
        _begin.Run();
        _installedBytes = 0;
    }

    private void CommitAt(EntryPosition at)
    {
        _tables.Flush();
        _meta.Write(_writeMeta, at);
        _commit.Run();
        _installedBytes = null;
        _options.TablesCommitted?.Invoke(at);
    }
}
