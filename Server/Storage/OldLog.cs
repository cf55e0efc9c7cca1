using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// <c>log.db</c>, in which an earlier version kept its log: it is converted into the journal, once. Its schema number is raised when the
/// journal is complete and durable and only lacks its final name. This shows how far the conversion has come, and keeps the earlier version
/// from using the file again.
/// </summary>
internal static class OldLog
{
    private const int Schema = 1;
    private const int SchemaTakenOver = 2;

    /// <summary>Makes the journal of a directory that has a log.db; after a crash, goes on where the conversion stopped.</summary>
    /// <exception cref="DamagedStorageException">log.db is not as it was written. Nothing was changed.</exception>
    public static void TakeOver(DataDirectory directory)
    {
        if (!File.Exists(directory.OldLogFile))
            return;

        JournalDirectory journal = directory.Journal;
        if (!journal.Exists)
        {
            using (var log = new SqliteDatabase(directory.OldLogFile))
                Prepare(log, journal);
            JournalBuilder.Finish(journal);
        }

        foreach (string end in (string[])["-wal", "-shm", ""])
            File.Delete(directory.OldLogFile + end);
        directory.Flush();
    }

    private static void Prepare(SqliteDatabase log, JournalDirectory journal)
    {
        long schema = log.Number("pragma user_version");
        if (schema > SchemaTakenOver)
            throw new StorageException($"{log.File} was written by a newer server (schema {schema}, this one knows {Schema}): run that one.");
        if (schema == SchemaTakenOver)
            return; // prepared, but not renamed yet

        (StateRecord state, List<LogBatch> batches) = schema == 0
            ? (new StateRecord(null, null, EntryPosition.Start, EntryPosition.Start, IsInstalling: false, IsMarked: false), [])
            : Read(log);
        JournalBuilder.Prepare(journal, state, batches, new JournalOptions());
        log.InTransaction(() => log.Execute($"pragma user_version = {SchemaTakenOver}"));
    }

    private static (StateRecord State, List<LogBatch> Batches) Read(SqliteDatabase log)
    {
        try
        {
            StateRecord state = ReadState(log);
            return (state, OldLogReader.ReadBatches(log, state.Base));
        }
        catch (Exception e) when (e is not StorageException)
        {
            throw new DamagedStorageException(log.File, "its rows cannot be read: " + e.Message, e);
        }
    }

    private static StateRecord ReadState(SqliteDatabase log)
    {
        using SqliteStatement query = log.Prepare("select disk, view, base_index, base_epoch, installing from state");
        if (!query.Step())
            throw new DamagedStorageException(log.File, "the table state has no row");

        DiskId? disk = query.IsNull(0) ? null : new DiskId(query.Id(0));
        View? view = query.IsNull(1) ? null : OldLogReader.ReadView(log.File, query.Bytes(1).ToArray());
        var at = new EntryPosition(new EntryIndex(query.Unsigned(2)), new Epoch(query.Unsigned(3)));
        return new StateRecord(disk, view, at, at, query.Integer(4) != 0, IsMarked: false);
    }
}
