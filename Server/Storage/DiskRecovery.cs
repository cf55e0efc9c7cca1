using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Storage;

/// <summary>What a start does with a data directory before the replica answers anybody: settles its identity, ends an interrupted installation, checks all.</summary>
internal static class DiskRecovery
{
    /// <exception cref="DamagedStorageException">What is there cannot be what this server wrote.</exception>
    /// <exception cref="StorageException">The disk failed.</exception>
    public static RecoveredDisk Recover(DataDirectory directory, DiskId disk, LogDatabase log, Checkpoint tables, BootId boot)
    {
        if (log.IsInstalling)
        {
            tables.Clear();
            log.EndInstall(EntryPosition.Start);
        }

        (Protocol.Messages.View? adopted, EntryPosition @base, List<LogBatch> batches) = log.Recover();
        CheckThatTheyMeet(directory, tables.Position, @base, batches);
        ShopState shop = tables.Load(CancellationToken.None);

        // Now what was read is made durable, names included: a killed process may have written it and not fsynced.
        log.CommitBoot(boot);
        tables.CommitBoot(boot);
        directory.Flush();
        return new RecoveredDisk(disk, adopted, @base, batches, tables.Position, shop);
    }

    /// <summary>The directory's disk id, by the rules in <see cref="DataDirectory"/>. Opens the log, which is part of them.</summary>
    public static DiskId Identify(DataDirectory directory, out LogDatabase log)
    {
        DiskId? inFile = directory.ReadDiskId();
        DiskId disk = inFile ?? directory.MakeDiskId();
        log = LogDatabase.Open(directory.LogFile);
        try
        {
            if (inFile is not null && log.Disk == inFile)
                return disk;
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

    /// <summary>The tables stand at an entry of this log: otherwise one of the two files is lost, old, or from elsewhere.</summary>
    private static void CheckThatTheyMeet(DataDirectory directory, EntryPosition tables, EntryPosition @base, List<LogBatch> batches)
    {
        EntryPosition last = batches.Count > 0 ? batches[^1].LastPosition : @base;
        if (tables.Index < @base.Index || tables.Index > last.Index)
            throw new DamagedStorageException(directory.OrdersFile, $"its tables stand at entry {tables}, but the log beside it goes from {@base} to {last}");

        Epoch epoch = tables.Index == @base.Index ? @base.Epoch : batches.First(batch => tables.Index <= batch.Last).Epoch;
        if (tables.Epoch != epoch)
            throw new DamagedStorageException(directory.OrdersFile, $"its tables stand at entry {tables}, which in the log beside it has epoch {epoch}");
    }
}
