using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// Makes a journal that consists of one segment: a new, empty one, a copy of a log, or one converted from an earlier version's log. The
/// file gets its name once all of it is durable, so a journal exists completely or not at all.
/// </summary>
internal static class JournalBuilder
{
    /// <summary>Batches are gathered into records of about this length.</summary>
    private const long RecordBytes = 1024 * 1024;

    private static readonly string Name = SpareSegments.NameOf(1);

    /// <summary>Writes the file under its unfinished name, durably; <see cref="Finish"/> gives it its final name.</summary>
    public static void Prepare(IJournalDirectory directory, StateRecord state, IReadOnlyList<LogBatch> batches, JournalOptions options)
    {
        using IJournalFile file = directory.Create(Name + JournalDirectory.Unfinished);
        Fill(file, state, batches, options);
        directory.Flush();
    }

    /// <summary>Makes the prepared file the journal.</summary>
    public static void Finish(IJournalDirectory directory)
    {
        using IJournalFile file = directory.Open(Name + JournalDirectory.Unfinished)
            ?? throw new StorageException($"the journal that was made has gone: there is no {Name}{JournalDirectory.Unfinished}");
        directory.Rename(file, Name);
        directory.Flush();
    }

    private static void Fill(IJournalFile file, StateRecord state, IReadOnlyList<LogBatch> batches, JournalOptions options)
    {
        const ulong Number = 1;
        var buffer = new RecordBuffer();
        ulong record = 1;
        long end = RecordFrame.BlockBytes;
        Append(state with { Last = state.Base });
        for (int next = 0; next < batches.Count;)
        {
            List<LogBatch> gathered = Gather(batches, ref next);
            Append(new WriteRecord(null, null, gathered, null));
        }

        long bytes = end <= options.FirstBytes / 2 ? options.FirstBytes : Math.Max(options.FirstBytes, end) + options.FirstBytes;
        bytes = (bytes + RecordFrame.BlockBytes - 1) / RecordFrame.BlockBytes * RecordFrame.BlockBytes;
        SegmentSpace.Fill(file, end, bytes, CancellationToken.None);
        file.Write(new SegmentHead(Number, bytes, FirstRecord: 1).ToBlock(), 0);
        file.Sync();

        void Append(JournalRecord content)
        {
            buffer.Clear();
            RecordCodec.Write(buffer, content);
            ReadOnlySpan<byte> bytes = buffer.Finish(Number, record++);
            file.Write(bytes, end);
            end += bytes.Length;
        }
    }

    private static List<LogBatch> Gather(IReadOnlyList<LogBatch> batches, ref int next)
    {
        var gathered = new List<LogBatch>();
        for (long bytes = 0; next < batches.Count && bytes < RecordBytes; next++)
        {
            gathered.Add(batches[next]);
            bytes += batches[next].Entries.Length;
        }

        return gathered;
    }
}
