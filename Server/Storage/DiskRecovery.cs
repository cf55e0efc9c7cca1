using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>What a start does with a data directory before the replica answers anybody: settles its identity, ends an interrupted installation, checks all.</summary>
internal static class DiskRecovery
{
    /// <param name="patience">For another program that reads the tables; null: that is a failure.</param>
    /// <exception cref="DamagedStorageException">What is there cannot be what this server wrote.</exception>
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

        // Now what was read is made durable, names included: a killed process may have written it and not fsynced. The journal is durable
        // since it was opened, so that the mark never gets ahead of it.
        files.Mark.Write(log.Mark);
        files.Mark.Flush();
        directory.Flush();
        log.CommitBoot(boot);
        tables.CommitBoot(boot, patience);
        files.Mark.Write(log.Mark);
        directory.Flush();
        return new RecoveredDisk(files.Disk, log.Adopted, log.Base, batches, tables.Position, shop, files.Loss);
    }

    /// <summary>The directory's disk id, by the rules in <see cref="DataDirectory"/>. Opens the log, which is part of them.</summary>
    /// <param name="loss">Why a directory whose two ids agree is another disk all the same; null: it is not.</param>
    /// <exception cref="LogBehindTablesException">The log lost so much that its tables do not fit it any more. The ids are what they were.</exception>
    public static DiskId Identify(DataDirectory directory, AckMark mark, Checkpoint tables, out LogJournal log, out string? loss)
    {
        loss = null;
        DiskId? inFile = directory.ReadDiskId();
        DiskId disk = inFile ?? directory.MakeDiskId();
        log = LogJournal.Open(directory.Journal);
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

    /// <summary>The tables stand at an entry of this log: otherwise one of the two is lost, old, or from elsewhere, and this says how that shows.</summary>
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
/// The log lost what it had acknowledged, and its tables, which hold only what was committed, go beyond what is left: the two can't be
/// used together, nor can this directory begin anew without losing what may be the last copy of the tables.
/// </summary>
internal sealed class LogBehindTablesException(string message) : StorageException(message);
