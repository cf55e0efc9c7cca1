using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using MessagePack;

namespace JustHungry.Server.Replication;

/// <summary>
/// The shop's state and up to which entry it has been brought. A backup applies up to commit, so that a suffix of its log can be cut
/// without undoing anything; a primary applies what it executes at once. Owned by the core.
/// </summary>
internal sealed class AppliedShop(IReplicaDisk disk, ShopState state, EntryIndex index)
{
    /// <summary>The state; null while it is loaded from disk.</summary>
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

    /// <summary>The primary's own way: the effects it has just decided, which will be the next entry.</summary>
    public void ApplyNext(in ReadOnlySequence<byte> effects)
    {
        EffectReader.ApplyTo(State!, effects);
        Index = Index.Next;
    }

    /// <summary>Forgets the state, which may hold entries that never commit, and loads it from the checkpoint. Loaded follows.</summary>
    public void Reload()
    {
        State = null;
        IsReloading = true;
        disk.Load();
    }

    /// <summary>Forgets the state while a transfer replaces it. Loaded follows at its end.</summary>
    public void Drop() => State = null;

    public void Loaded(ShopState state, EntryIndex index)
    {
        State = state;
        Index = index;
        IsReloading = false;
    }

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
            // Checked when it came, and by CRC when it was read: this log was written by a program of another version, or by a bug.
            throw new InvariantException($"batch {batch} can't be applied: {e.Message}", e);
        }
    }
}
