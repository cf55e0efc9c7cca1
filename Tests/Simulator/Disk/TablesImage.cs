using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;

namespace JustHungry.Simulator.Disk;

/// <summary>What orders.db holds after one of its transactions: the rows as effects, in chunks, and their position. Immutable.</summary>
internal sealed record TablesImage(EntryPosition At, IReadOnlyList<ReadOnlyMemory<byte>> Chunks)
{
    public static TablesImage Empty { get; } = new(EntryPosition.Start, []);

    public static TablesImage Of(ShopState shop, EntryPosition at)
    {
        var chunks = new TableChunks(DiskPieces.Usual.ChunkEffects);
        shop.WriteTo(chunks);
        return new TablesImage(at, chunks.Take());
    }

    /// <summary>The same tables, cut up otherwise.</summary>
    public TablesImage InChunksOf(int effects)
    {
        if (At == EntryPosition.Start || effects == DiskPieces.Usual.ChunkEffects)
            return this;
        var chunks = new TableChunks(effects);
        Load().WriteTo(chunks);
        return this with { Chunks = chunks.Take() };
    }

    public ShopState Load()
    {
        var shop = new ShopState();
        foreach (ReadOnlyMemory<byte> chunk in Chunks)
            EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(chunk));
        return shop;
    }

    /// <summary>The tables after the entries of these batches that follow <see cref="At"/>, up to <paramref name="upTo"/>.</summary>
    public TablesImage After(IReadOnlyList<LogBatch> batches, EntryPosition upTo)
    {
        ShopState shop = Load();
        EntryPosition at = At;
        foreach (LogBatch batch in batches)
        {
            foreach ((EntryIndex index, ReadOnlySequence<byte> content) in LogImage.Entries(batch))
            {
                if (index <= at.Index || index > upTo.Index)
                    continue;
                if (index != at.Index.Next)
                    throw new World.ViolationException($"a checkpoint at {at} is given entry {index} next");
                EffectReader.ApplyTo(shop, content);
                at = new EntryPosition(index, batch.Epoch);
            }
        }

        return Of(shop, at);
    }
}
