using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Sqlite;
using MessagePack;

namespace JustHungry.Server.Storage;

/// <summary>
/// <c>log.db</c>: the batches after the base, and what a replica must never forget: its disk id, the adopted view, whether an
/// installation is under way. Owned by the disk's log thread. Its one rule: everything that a write holds becomes durable in one
/// transaction, or nothing does. A row that was lost at the log's end cannot be seen here: <see cref="AckMark"/> sees it.
/// </summary>
internal sealed class LogDatabase : IDisposable
{
    /// <summary>2: the state is sealed, and counts cuts.</summary>
    private const int SchemaVersion = 2;

    // A batch of 100 orders is about 40 KiB: with 4 KiB pages its row is a chain of ten of them.
    private const int PageBytes = 16 * 1024;

    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _begin, _commit, _writeState, _cut, _append, _trim, _entryAt;
    private readonly ArrayBufferWriter<byte> _viewBytes = new(512);
    private LogState _state;
    private Epoch _adopted;
    private EntryPosition _last;

    private LogDatabase(SqliteDatabase database)
    {
        _database = database;
        EnsureSchema();
        _begin = database.Prepare("begin immediate");
        _commit = database.Prepare("commit");
        _writeState = LogState.PrepareWrite(database);
        _cut = database.Prepare("delete from batches where first >= ?1");
        _append = database.Prepare("insert into batches(first, count, epoch, seal, entries) values(?1, ?2, ?3, ?4, ?5)");
        _trim = database.Prepare("delete from batches where first < ?1");
        _entryAt = database.Prepare("select first, count, epoch from batches where first <= ?1 order by first desc limit 1");
        _state = LogState.Read(database, isSealed: true);
        _last = BatchAt(new EntryIndex(long.MaxValue))?.Last ?? Base;
        if (ReadView() is { } view)
            _adopted = view.Epoch;
    }

    public string File => _database.File;

    /// <summary>The disk id that this log belongs to; null: it was made just now.</summary>
    public DiskId? Disk => _state.Disk;

    /// <summary>A state transfer began and did not end: neither this log nor the tables hold anything that counts.</summary>
    public bool IsInstalling => _state.IsInstalling;

    /// <summary>How far it has come.</summary>
    public LogMark Mark => new(Disk ?? DiskId.None, _state.Cuts, _last, _adopted);

    /// <summary>It was told once that a mark is beside it.</summary>
    public bool IsMarked => _state.Cuts > 0;

    private EntryPosition Base => _state.Base;

    /// <summary>Opens the log, making it if it is not there.</summary>
    /// <exception cref="StorageException">The file is damaged, or the disk failed.</exception>
    public static LogDatabase Open(string file)
    {
        var database = new SqliteDatabase(file, PageBytes);
        try
        {
            database.Execute("pragma wal_autocheckpoint = 0"); // WalKeeper does it, off the commit path
            return new LogDatabase(database);
        }
        catch (Exception e)
        {
            database.Dispose();
            if (e is StorageException)
                throw;
            throw new DamagedStorageException(file, "its rows cannot be read: " + e.Message, e);
        }
    }

    /// <summary>Reads the whole log and checks it: every seal, and that nothing is missing between two batches.</summary>
    /// <exception cref="DamagedStorageException">What is there cannot be what was written.</exception>
    public (View? Adopted, EntryPosition Base, List<LogBatch> Batches) Recover()
    {
        List<LogBatch> batches = LogRecovery.ReadBatches(_database, Base);
        _last = batches.Count > 0 ? batches[^1].LastPosition : Base;
        return (ReadView(), Base, batches);
    }

    public void SetDisk(DiskId disk) => Store(_state with { Disk = disk });

    /// <summary>From now on a start asks for the mark, which is durable.</summary>
    public void SetMarked()
    {
        if (!IsMarked)
            Store(_state with { Cuts = 1 });
    }

    /// <summary>
    /// Makes durable all that was read, whatever became of it before: what a killed process had written and not fsynced, and what a failed
    /// fsync left (see <see cref="SqliteDatabase.RewriteWal"/>).
    /// </summary>
    public void CommitBoot(BootId boot)
    {
        using (SqliteStatement set = _database.Prepare("update state set boot = ?1"))
            set.BindId(1, boot.Value).Run();
        _database.RewriteWal();
    }

    /// <summary>Does a write in one durable transaction.</summary>
    /// <returns>About how many bytes the WAL grew by.</returns>
    public long Write(LogWrite write)
    {
        long bytes = 3 * PageBytes; // the state's page, the table's leaf and its parent
        LogState before = _state;
        _begin.Run();
        if (write.Adopt is { } view)
            Adopt(view);
        if (write.CutFrom is { } from)
            Cut(from);
        foreach (LogBatch batch in write.Append)
        {
            Append(batch);
            bytes += batch.Entries.Length + PageBytes;
        }

        if (write.Base is { } at)
            Trim(at);
        if (!ReferenceEquals(_state, before))
            _state.Write(_writeState);
        _commit.Run();
        return bytes;
    }

    /// <summary>Empties the log and marks it: from here to <see cref="EndInstall"/> the disk holds nothing that counts.</summary>
    public void BeginInstall() => Restart(EntryPosition.Start, installing: true);

    /// <summary>The tables hold everything up to here: the log goes on from there.</summary>
    public void EndInstall(EntryPosition at) => Restart(at, installing: false);

    /// <summary>Moves what the WAL holds into the file. True: all of it, so the next write begins the WAL anew.</summary>
    public bool CheckpointWal() => _database.CheckpointWal();

    public void Dispose() => _database.Dispose();

    private void EnsureSchema()
    {
        long version = _database.Number("pragma user_version");
        if (version > SchemaVersion)
            throw new StorageException($"{File} was written by a newer server (schema {version}, this one knows {SchemaVersion}): run that one.");
        if (version == SchemaVersion)
            return;

        _database.InTransaction(() =>
        {
            if (version == 0)
                CreateSchema();
            _database.Execute("alter table state add column cuts integer not null default 0; alter table state add column seal integer not null default 0");
            using SqliteStatement write = LogState.PrepareWrite(_database);
            LogState.Read(_database, isSealed: false).Write(write);
            _database.Execute($"pragma user_version = {SchemaVersion}");
        });
    }

    private void CreateSchema() => _database.Execute(
        "create table batches(first integer primary key, count integer not null, epoch integer not null, seal integer not null, entries blob not null);" +
        "create table state(one integer primary key check (one = 1), disk blob, boot blob, view blob, base_index integer not null, " +
        "base_epoch integer not null, installing integer not null);" +
        "insert into state values(1, null, null, null, 0, 0, 0);");

    private View? ReadView() => _state.View.IsEmpty ? null : LogRecovery.ReadView(File, _state.View);

    /// <summary>A transaction of its own.</summary>
    private void Store(LogState state)
    {
        state.Write(_writeState);
        _state = state;
    }

    private void Adopt(View view)
    {
        Invariant.Check(view.Epoch > _adopted, "adopted epochs never go down on a disk");
        _viewBytes.ResetWrittenCount();
        var writer = new MessagePackWriter(_viewBytes);
        View.Write(ref writer, view);
        writer.Flush();
        _state = _state with { View = _viewBytes.WrittenSpan.ToArray() };
        _adopted = view.Epoch;
    }

    private void Cut(EntryIndex from)
    {
        Invariant.Check(from > Base.Index, "nothing at or below the log's base is cut");
        if (from > _last.Index)
            return;

        (EntryPosition first, _) = BatchAt(from)!.Value;
        Invariant.Check(first.Index == from, "a cut begins at the first entry of a stored batch");
        _cut.Bind(1, from.Value).Run();
        _last = BatchAt(from)?.Last ?? Base;
        _state = _state with { Cuts = _state.Cuts + 1 };
    }

    private void Append(LogBatch batch)
    {
        Invariant.Check(!IsInstalling, "nothing is appended while a state transfer is installed");
        Invariant.Check(batch.First == _last.Index.Next, "a batch follows the log's last entry");
        Invariant.Check(batch.Epoch >= _last.Epoch, "epochs never fall along a log");
        _append.Bind(1, batch.First.Value).Bind(2, batch.Count).Bind(3, batch.Epoch.Value).Bind(4, LogRecovery.Seal(batch))
            .Bind(5, batch.Entries.Span).Run();
        _last = batch.LastPosition;
    }

    /// <summary>A batch that holds the new base inside stays whole, and the base on disk is then the entry before it: the last that was really cut.</summary>
    private void Trim(EntryPosition at)
    {
        Invariant.Check(at.Index <= _last.Index && at.Index >= Base.Index, "the log's base lies in the log");
        if (BatchAt(at.Index) is not { } batch)
            return;

        Invariant.Check(batch.Last.Epoch == at.Epoch, "the log's base is an entry of the log");
        if (batch.Last.Index > at.Index)
        {
            EntryIndex before = new(batch.First.Index.Value - 1);
            at = BatchAt(before)?.Last ?? Base;
        }

        _trim.Bind(1, at.Index.Value + 1).Run();
        _state = _state with { Base = at };
    }

    /// <summary>First and last entry of the batch that holds this one, or of the last batch before it.</summary>
    private (EntryPosition First, EntryPosition Last)? BatchAt(EntryIndex index)
    {
        if (!_entryAt.Bind(1, index.Value).Step())
            return null;

        var first = new EntryIndex(_entryAt.Unsigned(0));
        var epoch = new Epoch(_entryAt.Unsigned(2));
        var found = (new EntryPosition(first, epoch), new EntryPosition(first + ((int)_entryAt.Integer(1) - 1), epoch));
        _entryAt.Reset();
        return found;
    }

    private void Restart(EntryPosition at, bool installing)
    {
        _begin.Run();
        _cut.Bind(1, 0).Run();
        Store(_state with { Base = at, IsInstalling = installing, Cuts = _state.Cuts + 1 });
        _commit.Run();
        _last = at;
    }
}
