using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Simulator.Disk;
using MessagePack;

namespace JustHungry.Tests.Fuzzing.OneReplica;

/// <summary>One entry of a primary's log: the epoch it was appended in, and its effects.</summary>
internal readonly record struct PastEntry(ulong Epoch, ReadOnlyMemory<byte> Content)
{
    public static PastEntry Started(ulong epoch, ulong mark)
    {
        var effects = new ArrayBufferWriter<byte>();
        new EffectWriter(effects).ViewStarted(new Epoch(mark));
        return new PastEntry(epoch, effects.WrittenMemory);
    }

    public static IEnumerable<PastEntry> Of(IEnumerable<LogBatch> batches) =>
        batches.SelectMany(b => LogImage.Entries(b).Select(e => new PastEntry(b.Epoch.Value, e.Content.ToArray())));

    public bool Is(PastEntry other) => Epoch == other.Epoch && Content.Span.SequenceEqual(other.Content.Span);

    /// <summary>The entries <paramref name="from"/> to <paramref name="to"/> of a log, which are all of one epoch, as a batch.</summary>
    public static LogBatch Batch(IReadOnlyList<PastEntry> log, int from, int to)
    {
        var entries = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(entries);
        for (int i = from; i <= to; i++)
            writer.Write(log[i - 1].Content.Span);
        writer.Flush();
        return LogBatch.Create(new EntryIndex((ulong)from), to - from + 1, new Epoch(log[from - 1].Epoch), entries.WrittenMemory);
    }

    public static EntryPosition PositionIn(IReadOnlyList<PastEntry> log, int index) =>
        index == 0 ? EntryPosition.Start : new EntryPosition(new EntryIndex((ulong)index), new Epoch(log[index - 1].Epoch));
}
