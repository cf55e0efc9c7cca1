using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>The open files of a data directory whose disk id has been determined. Owned by the caller that opened them.</summary>
internal sealed class DiskFiles : IDisposable
{
    private DiskFiles(DiskId disk, string? loss, AckMark mark, LogJournal log, Checkpoint tables) =>
        (Disk, Loss, Mark, Log, Tables) = (disk, loss, mark, log, tables);

    public DiskId Disk { get; }

    /// <summary>What this directory has lost, for which it got a new disk id; null if no loss is visible.</summary>
    public string? Loss { get; }

    public AckMark Mark { get; }

    public LogJournal Log { get; }

    public Checkpoint Tables { get; }

    /// <exception cref="DamagedStorageException">The files can't be what this server wrote.</exception>
    /// <exception cref="LogBehindTablesException">The log has lost so much that the tables no longer fit it.</exception>
    /// <exception cref="StorageException">The disk failed.</exception>
    public static DiskFiles Open(DataDirectory directory, DiskOptions? options = null)
    {
        options ??= new DiskOptions();
        OldLog.TakeOver(directory);
        AckMark mark = AckMark.Open(directory.Directory);
        Checkpoint? tables = null;
        try
        {
            tables = Checkpoint.Open(directory.OrdersFile, options);
            DiskId disk = DiskRecovery.Identify(directory, mark, tables, options.Journal, out LogJournal log, out string? loss);
            return new DiskFiles(disk, loss, mark, log, tables);
        }
        catch
        {
            tables?.Dispose();
            mark.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Tables.Dispose();
        Log.Dispose();
        Mark.Dispose();
    }
}
