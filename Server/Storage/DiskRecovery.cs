using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>
/// What a start does with a data directory before the replica answers anybody: determines its disk id, cleans up an interrupted
/// installation, and checks everything.
/// </summary>
internal static class DiskRecovery
{
    /// <param name="patience">How to wait for another program that is reading the tables; null: fail instead.</param>
    /// <exception cref="DamagedStorageException">The files can't be what this server wrote.</exception>
    /// <exception cref="StorageException">The disk failed.</exception>
    public static RecoveredDisk Recover(DataDirectory directory, DiskFiles files, BootId boot, Patience? patience = null)
    {
        (LogJournal log, Checkpoint tables) = (files.Log, files.Tables);
        if (log.IsInstalling)
        {
            tables.Clear();
            log.EndInstall(EntryPosition.Start);
        }

        List<LogBatch> batches = [.. log.Batches];
        if (FindMisfit(tables.Position, log.Base, batches) is { } misfit)
            throw new DamagedStorageException(directory.OrdersFile, misfit);
        ShopState shop = tables.Load(CancellationToken.None);

        // Make durable what was read, including file names: a killed process may have written it without an fsync. Opening the journal
        // already made the journal durable, so the mark never gets ahead of it.
        files.Mark.Write(log.Mark);
        files.Mark.Flush();
        directory.Flush();
        log.CommitBoot(boot);
        tables.CommitBoot(boot, patience);
        files.Mark.Write(log.Mark);
        directory.Flush();
        return new RecoveredDisk(files.Disk, log.Adopted, log.Base, batches, tables.Position, shop, files.Loss);
    }

    /// <summary>
    /// Determines the directory's disk id by the rules in <see cref="DataDirectory"/>. Opens the log, since the rules depend on it.
    /// </summary>
    /// <param name="loss">Why a directory whose two ids agree is nevertheless a new disk; null if it is not.</param>
    /// <exception cref="LogBehindTablesException">The log has lost so much that the tables no longer fit it. The ids are
    /// unchanged.</exception>
    public static DiskId Identify(DataDirectory directory, AckMark mark, Checkpoint tables, JournalOptions journal, out LogJournal log, out string? loss)
    {
        loss = null;
        DiskId? inFile = directory.ReadDiskId();
        DiskId disk = inFile ?? directory.MakeDiskId();
        log = LogJournal.Open(directory.Journal, journal);
        try
        {
            if (inFile is not null && log.Disk == inFile && (loss = FindLoss(directory, log, mark)) is null)
                return disk;
            if (loss is not null && !log.IsInstalling && FindMisfit(tables.Position, log.Base, log.Batches) is { } misfit)
                throw new LogBehindTablesException($"{loss}; and the shop does not fit what is left: {misfit}");
            if (inFile is not null)
                disk = directory.MakeDiskId();
            log.SetDisk(disk);
            return disk;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    private static string? FindLoss(DataDirectory directory, LogJournal log, AckMark mark)
    {
        LogMark here = log.Mark;
        if (mark.Read() is not { } told || told.Disk != here.Disk)
            return log.IsMarked ? $"the file {AckMark.Name} in {directory.Directory} is missing, damaged or another server's, so nobody knows what this one acknowledged" : null;
        return told.IsAheadOf(here)
            ? $"the journal in {directory.Directory} ends at entry {here.Last} with adopted epoch {here.Adopted}, but this server went as far as entry {told.Last} and epoch {told.Adopted}: " +
              "its last records are lost, or it is an old copy"
            : null;
    }

    /// <summary>
    /// Checks that the tables stand at an entry of this log. If not, one of the two is lost, old, or from elsewhere, and the result
    /// describes the mismatch.
    /// </summary>
    private static string? FindMisfit(EntryPosition tables, EntryPosition @base, IReadOnlyList<LogBatch> batches)
    {
        EntryPosition last = batches.Count > 0 ? batches[^1].LastPosition : @base;
        if (tables.Index < @base.Index || tables.Index > last.Index)
            return $"its tables stand at entry {tables}, but the log beside it goes from {@base} to {last}";

        Epoch epoch = tables.Index == @base.Index ? @base.Epoch : batches.First(batch => tables.Index <= batch.Last).Epoch;
        return tables.Epoch == epoch ? null : $"its tables stand at entry {tables}, which in the log beside it has epoch {epoch}";
    }
}

/// <summary>
/// The log lost records that it had acknowledged, and the tables, which hold committed entries only, go beyond what is left. The two can't
/// be used together; nor may the directory be emptied, since its tables may be the last copy.
/// </summary>
internal sealed class LogBehindTablesException(string message) : StorageException(message);
