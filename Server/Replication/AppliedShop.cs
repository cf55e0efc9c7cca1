using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using MessagePack;

namespace JustHungry.Server.Replication;

/// <summary>
/// The shop's state, and the last entry applied to it. A backup applies entries only up to commit, so that the end of its log can be cut
/// without undoing anything; a primary applies what it executes at once. Owned by the core.
/// </summary>
internal sealed class AppliedShop(IReplicaDisk disk, ShopState state, EntryIndex index)
{
    /// <summary>The state; null while it is being loaded from disk.</summary>
    public ShopState? State { get; private set; } = state;

    /// <summary>The last applied entry; meaningless while loading.</summary>
    public EntryIndex Index { get; private set; } = index;

    public bool IsLoaded => State is not null;

    /// <summary>The disk is reading for <see cref="Reload"/>.</summary>
    public bool IsReloading { get; private set; }

    /// <summary>Applies the log's entries after <see cref="Index"/> up to <paramref name="upTo"/>.</summary>
    public void ApplyUpTo(ReplicaLog log, EntryIndex upTo)
    {
        if (State is null)
            return;

        while (Index < upTo)
        {
            LogBatch batch = log.BatchAt(Index.Next) ?? throw new InvariantException($"entry {Index.Next} to apply is not in the log {log.Base}..{log.Last}");
            ApplyBatch(batch, EntryIndex.Min(upTo, batch.Last));
        }
    }

    /// <summary>For the primary: applies the effects it has just decided, which will be the next entry.</summary>
    public void ApplyNext(in ReadOnlySequence<byte> effects)
    {
        EffectReader.ApplyTo(State!, effects);
        Index = Index.Next;
    }

    /// <summary>
    /// Drops the state, which may contain entries that never commit, and loads it from the checkpoint. <see cref="Loaded"/> is called at
    /// the end.
    /// </summary>
    public void Reload()
    {
        State = null;
        IsReloading = true;
        disk.Load();
    }

    /// <summary>Drops the state because a transfer will replace it. <see cref="Loaded"/> is called at the end of the transfer.</summary>
    public void Drop() => State = null;

    public void Loaded(ShopState state, EntryIndex index)
    {
        State = state;
        Index = index;
        IsReloading = false;
    }

    /// <summary>What was loaded is of no use: the state was dropped while it was read.</summary>
    public void ReloadEnded() => IsReloading = false;

    private void ApplyBatch(LogBatch batch, EntryIndex upTo)
    {
        try
        {
            var reader = new MessagePackReader(batch.Sequence);
            for (EntryIndex i = batch.First; i <= upTo; i = i.Next)
            {
                if (i <= Index)
                    reader.Skip();
                else
                    ApplyNext(reader.ReadBin());
            }
        }
        catch (Exception e) when (e is not InvariantException)
        {
            // The batch was checked when it arrived, and by CRC when it was read, so another version of the program or a bug wrote it.
            throw new InvariantException($"batch {batch} can't be applied: {e.Message}", e);
        }
    }
}
