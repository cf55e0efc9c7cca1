using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Copying;

/// <summary>
/// Makes a directory that holds what a data directory held at one moment, while its server may be running. The copy is made under another
/// name, recovered as at a start (which checks every entry and row), fsynced, and only then renamed, so that a directory under the
/// requested name is always complete. Its one rule: the copy never has its source's disk id, because it does not hold everything the source
/// has acknowledged or will acknowledge.
/// </summary>
internal static class DirectoryCopy
{
    private const int TriesMax = 8;

    /// <summary>Files that are copied unchanged, if they exist.</summary>
    private static readonly string[] Companions = [OwnerKeyFile.Name];

    /// <param name="change">What to write into the copy before it is finished.</param>
    /// <returns>What a server that starts on the copy will find.</returns>
    /// <exception cref="StorageException">There is nothing to copy, the source is damaged, or the copy can't be written.</exception>
    public static RecoveredDisk Make(string source, string target, bool keepsDiskId, Action<LogJournal, RecoveredDisk>? change = null)
    {
        string unfinished = target + ".unfinished";
        CheckFree(target);
        if (Path.Exists(unfinished))
            throw new StorageException($"{unfinished} is in the way, left by a copy that was broken off: delete it first.");

        try
        {
            RecoveredDisk recovered = Fill(source, unfinished, change);
            Finish(unfinished, target, keepsDiskId);
            return recovered;
        }
        catch (Exception e)
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
            if (e is IOException or UnauthorizedAccessException)
                throw new StorageException($"{target} can't be written: {e.Message}", e);
            throw;
        }
    }

    private static void CheckFree(string target)
    {
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new StorageException($"{target} is there already and not empty. Choose a directory that is not there yet, or move this one away.");
    }

    private static RecoveredDisk Fill(string source, string unfinished, Action<LogJournal, RecoveredDisk>? change)
    {
        using DataDirectory copy = DataDirectory.Open(unfinished);
        CopyLogAndTables(source, copy);
        foreach (string file in Companions.Where(f => File.Exists(Path.Combine(source, f))))
            File.Copy(Path.Combine(source, file), Path.Combine(unfinished, file)); // keeps its mode

        using DiskFiles files = DiskFiles.Open(copy);
        RecoveredDisk recovered = DiskRecovery.Recover(copy, files, new BootId(FreshIds.Next()));
        change?.Invoke(files.Log, recovered);
        return recovered;
    }

    /// <summary>
    /// The tables must stand at an entry of the log. They are copied first: the log is cut only below them and keeps a tail, so a log that
    /// is read later reaches at least as far, and begins after them only if its whole tail was cut in between.
    /// </summary>
    private static void CopyLogAndTables(string source, DataDirectory copy)
    {
        var journal = new JournalDirectory(source, isReadOnly: true);
        string ordersFile = Path.Combine(source, DataDirectory.OrdersName), oldLogFile = Path.Combine(source, DataDirectory.OldLogName);
        bool hasJournal = journal.Exists;
        if (!File.Exists(ordersFile) || !(hasJournal || File.Exists(oldLogFile)))
            throw new StorageException($"there is no server's data in {source}: no {DataDirectory.OrdersName} with a journal, or with the log.db of an earlier version. Say where it is.");

        for (int tried = 1; ; tried++)
        {
            using var tables = new SqliteSnapshot(ordersFile);
            var at = new EntryIndex((ulong)tables.Number("select position_index from meta"));
            if (hasJournal ? TryCopyJournal(journal, at, copy, isLastTry: tried == TriesMax) : TryCopyOldLog(oldLogFile, at, copy))
            {
                tables.CopyTo(copy.OrdersFile);
                return;
            }

            if (tried == TriesMax)
                throw new StorageException($"the log and {DataDirectory.OrdersName} in {source} do not fit each other.");
        }
    }

    /// <summary>
    /// The server may write and re-use segments while they are read, so what seems damaged may be readable at the next try.
    /// </summary>
    private static bool TryCopyJournal(JournalDirectory journal, EntryIndex tablesAt, DataDirectory copy, bool isLastTry)
    {
        try
        {
            using RecoveredJournal? found = JournalReader.Read(journal);
            if (found is null || Refuse(found.State.IsInstalling, journal.Path) || tablesAt < found.State.Base.Index || tablesAt > found.State.Last.Index)
                return false;

            JournalBuilder.Prepare(copy.Journal, found.State.ToRecord(), found.State.Batches, new JournalOptions());
            JournalBuilder.Finish(copy.Journal);
            return true;
        }
        catch (DamagedStorageException) when (!isLastTry)
        {
            return false;
        }
    }

    private static bool TryCopyOldLog(string file, EntryIndex tablesAt, DataDirectory copy)
    {
        using var log = new SqliteSnapshot(file);
        Refuse(log.Number("select installing from state") != 0, Path.GetDirectoryName(file)!);
        ulong first = (ulong)log.Number("select base_index from state");
        ulong last = Math.Max(first, (ulong)log.Number("select first + count - 1 from batches order by first desc limit 1"));
        if (tablesAt.Value < first || tablesAt.Value > last)
            return false;

        log.CopyTo(copy.OldLogFile); // which recovery then turns into a journal, as at a start
        return true;
    }

    private static bool Refuse(bool isInstalling, string source) => isInstalling
        ? throw new StorageException($"{source} is just being filled by the primary, and holds nothing that counts yet: copy another server's, or wait.")
        : false;

    private static void Finish(string unfinished, string target, bool keepsDiskId)
    {
        File.Delete(Path.Combine(unfinished, DataDirectory.LockName));
        if (!keepsDiskId)
        {
            File.Delete(Path.Combine(unfinished, DataDirectory.DiskIdName));
            File.Delete(Path.Combine(unfinished, AckMark.Name));
        }

        foreach (string file in Directory.GetFiles(unfinished))
        {
            using var written = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true);
        }

        DirectorySync.Flush(unfinished);
        if (Directory.Exists(target))
            Directory.Delete(target); // empty
        Directory.Move(unfinished, target);
        DirectorySync.Flush(Path.GetDirectoryName(target)!);
    }
}
