using System.Buffers;
using System.Buffers.Binary;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// Reads the rows of an earlier version's <c>log.db</c> and checks each of them: SQLite checks the frames of its WAL, but not the pages of
/// its file. A damaged row ends the start. The log is never cut there, because what follows was acknowledged.
/// </summary>
internal static class OldLogReader
{
    /// <summary>Covers the columns of a row, and the entries by their checksum.</summary>
    private static uint Seal(LogBatch batch) => Seal(batch.First, batch.Count, batch.Epoch, batch.Checksum);

    public static List<LogBatch> ReadBatches(SqliteDatabase database, EntryPosition @base)
    {
        var batches = new List<LogBatch>();
        EntryPosition last = @base;
        using SqliteStatement query = database.Prepare("select first, count, epoch, seal, entries from batches order by first");
        while (query.Step())
        {
            LogBatch batch = ReadBatch(database.File, query);
            CheckFollows(database.File, last, batch);
            batches.Add(batch);
            last = batch.LastPosition;
        }

        return batches;
    }

    public static View ReadView(string file, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Decoding.Read(new ReadOnlySequence<byte>(bytes), View.Read);
        }
        catch (ProtocolViolationException e)
        {
            throw new DamagedStorageException(file, "the adopted view cannot be read", e);
        }
    }

    private static LogBatch ReadBatch(string file, SqliteStatement row)
    {
        var first = new EntryIndex(row.Unsigned(0));
        long count = row.Integer(1);
        if (count is < 1 or > int.MaxValue)
            throw new DamagedStorageException(file, $"row first={first} of the table batches says that it has {count} entries");

        var batch = LogBatch.Create(first, (int)count, new Epoch(row.Unsigned(2)), row.Bytes(4).ToArray());
        return Seal(batch) == row.Integer(3)
            ? batch
            : throw new DamagedStorageException(file, $"row first={first} of the table batches does not match its checksum");
    }

    private static void CheckFollows(string file, EntryPosition last, LogBatch batch)
    {
        if (batch.First != last.Index.Next)
            throw new DamagedStorageException(file, $"row first={batch.First} of the table batches should begin at entry {last.Index.Next}");
        if (batch.Epoch < last.Epoch)
            throw new DamagedStorageException(file, $"row first={batch.First} of the table batches has epoch {batch.Epoch}, after {last.Epoch}");
    }

    private static uint Seal(EntryIndex first, int count, Epoch epoch, uint checksum)
    {
        Span<byte> columns = stackalloc byte[8 + 4 + 8 + 4];
        BinaryPrimitives.WriteUInt64LittleEndian(columns, first.Value);
        BinaryPrimitives.WriteInt32LittleEndian(columns[8..], count);
        BinaryPrimitives.WriteUInt64LittleEndian(columns[12..], epoch.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(columns[20..], checksum);
        return Crc32C.Of(columns);
    }
}
