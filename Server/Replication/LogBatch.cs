using System.Buffers;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using MessagePack;

namespace JustHungry.Server.Replication;

/// <summary>
/// Entries that were appended together in one epoch: the contents of one Append. The primary encodes them once; the bytes are the same on
/// every disk. Immutable.
/// </summary>
/// <param name="First">The index of the first entry.</param>
/// <param name="Count">At least 1.</param>
/// <param name="Checksum">CRC32C of <paramref name="Entries"/>.</param>
/// <param name="Entries">The entries one after the other, each a MessagePack bin whose content (effects) only the shop reads.</param>
internal sealed record LogBatch(EntryIndex First, int Count, Epoch Epoch, uint Checksum, ReadOnlyMemory<byte> Entries)
{
    public EntryIndex Last => First + (Count - 1);

    public EntryPosition LastPosition => new(Last, Epoch);

    public ReadOnlySequence<byte> Sequence => new(Entries);

    public static LogBatch Create(EntryIndex first, int count, Epoch epoch, ReadOnlyMemory<byte> entries) =>
        new(first, count, epoch, Crc32C.Of(entries.Span), entries);

    public bool IsIntact => Crc32C.Of(Entries.Span) == Checksum;

    /// <summary>Checks that the bytes are exactly as many entries as the batch says, and that each of them holds valid effects.</summary>
    /// <exception cref="ProtocolViolationException">They are not.</exception>
    public void Check()
    {
        Decoding.ReadToEnd(new MessagePackReader(Sequence), Count, static (ref reader, count) =>
        {
            for (int i = 0; i < count; i++)
                EffectReader.Check(reader.ReadBin());
            return count;
        });
    }

    /// <summary>The entries from <paramref name="from"/> up to, not including, <paramref name="end"/>, as a batch of their own.</summary>
    public LogBatch Slice(EntryIndex from, EntryIndex end)
    {
        var reader = new MessagePackReader(Sequence);
        for (EntryIndex i = First; i < from; i = i.Next)
            reader.Skip();
        int start = (int)reader.Consumed;
        for (EntryIndex i = from; i < end; i = i.Next)
            reader.Skip();
        return Create(from, (int)(end.Value - from.Value), Epoch, Entries[start..(int)reader.Consumed]);
    }

    public override string ToString() => $"{First}..{Last}@{Epoch}";
}
