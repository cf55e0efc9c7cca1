using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Simulator.World;
using MessagePack;

namespace JustHungry.Simulator.Disk;

/// <summary>What a journal holds after one of its records. Immutable.</summary>
/// <param name="IsInstalling">A state transfer has begun and has not ended: the disk has no log, whatever the tables hold.</param>
internal sealed record LogImage(View? Adopted, EntryPosition Base, IReadOnlyList<LogBatch> Batches, bool IsInstalling)
{
    public static LogImage Empty { get; } = new(null, EntryPosition.Start, [], false);

    public EntryPosition Last => Batches.Count > 0 ? Batches[^1].LastPosition : Base;

    /// <summary>The log after one write, whose parts take effect in LogWrite's order.</summary>
    public LogImage After(LogWrite write)
    {
        var batches = new List<LogBatch>(Batches);
        if (write.CutFrom is { } cut)
        {
            if (batches.Count > 0 && cut <= batches[^1].Last && !batches.Exists(b => b.First == cut))
                throw new ViolationException($"a cut from {cut}, which begins no stored batch");
            batches.RemoveAll(b => b.First >= cut);
        }

        foreach (LogBatch batch in write.Append)
        {
            EntryIndex last = batches.Count > 0 ? batches[^1].Last : Base.Index;
            if (batch.First != last.Next)
                throw new ViolationException($"batch {batch} is appended after {last}");
            batches.Add(batch);
        }

        EntryPosition newBase = write.Base ?? Base;
        if (newBase.Index < Base.Index)
            throw new ViolationException($"the base goes back from {Base} to {newBase}");
        batches.RemoveAll(b => b.Last <= newBase.Index);
        return this with { Adopted = write.Adopt ?? Adopted, Base = newBase, Batches = batches };
    }

    /// <summary>The epoch of the entry at <paramref name="index"/>; null if the log does not hold it.</summary>
    public Epoch? EpochAt(EntryIndex index)
    {
        if (index == Base.Index)
            return Base.Epoch;
        foreach (LogBatch batch in Batches)
        {
            if (batch.First <= index && index <= batch.Last)
                return batch.Epoch;
        }

        return null;
    }

    /// <summary>The entries of <paramref name="batch"/> with their indexes.</summary>
    public static IEnumerable<(EntryIndex Index, ReadOnlySequence<byte> Content)> Entries(LogBatch batch)
    {
        var contents = new List<(EntryIndex, ReadOnlySequence<byte>)>(batch.Count);
        var reader = new MessagePackReader(batch.Sequence);
        for (int i = 0; i < batch.Count; i++)
            contents.Add((batch.First + i, reader.ReadBytes() ?? throw new ViolationException("nil where an entry was expected")));
        if (!reader.End)
            throw new ViolationException($"batch {batch} holds more than its count says");
        return contents;
    }
}
