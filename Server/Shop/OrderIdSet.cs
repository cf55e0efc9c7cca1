using System.Numerics;

namespace JustHungry.Server.Shop;

/// <summary>
/// A sorted set of order ids: one bit for each id, and for every 64 words a word on the level above that says which of them are not empty.
/// Each operation touches a word or two on each level (4 levels for 16 million ids), so the next active order is found without passing over
/// the cancelled ones.
/// </summary>
internal sealed class OrderIdSet
{
    private const int WordBits = 6;
    private const int BitMask = (1 << WordBits) - 1;

    private ulong[][] _levels = [new ulong[1]];

    /// <param name="id">Not negative.</param>
    public void Add(int id)
    {
        Reserve(id);
        foreach (ulong[] level in _levels)
        {
            level[id >> WordBits] |= 1UL << (id & BitMask);
            id >>= WordBits;
        }
    }

    public void Remove(int id)
    {
        foreach (ulong[] level in _levels)
        {
            int word = id >> WordBits;
            if (word >= level.Length)
                return;

            level[word] &= ~(1UL << (id & BitMask));
            if (level[word] != 0)
                return;
            id = word;
        }
    }

    /// <summary>The lowest id above <paramref name="after"/>; false if there is none.</summary>
    public bool TryGetNext(int after, out int id)
    {
        id = after + 1;
        for (int level = 0; level < _levels.Length; level++)
        {
            int word = id >> WordBits;
            if (word >= _levels[level].Length)
                return false;

            ulong bits = _levels[level][word] & (ulong.MaxValue << (id & BitMask));
            if (bits != 0)
            {
                id = LowestBelow(level, (word << WordBits) + BitOperations.TrailingZeroCount(bits));
                return true;
            }

            id = word + 1;
        }

        return false;
    }

    private int LowestBelow(int level, int position)
    {
        while (level > 0)
        {
            level--;
            position = (position << WordBits) + BitOperations.TrailingZeroCount(_levels[level][position]);
        }

        return position;
    }

    private void Reserve(int id)
    {
        for (int level = 0; level < _levels.Length; level++)
        {
            id >>= WordBits;
            if (id < _levels[level].Length)
                continue;

            if (level == _levels.Length - 1)
                _levels = [.. _levels, [_levels[level][0] == 0 ? 0UL : 1UL]];
            Array.Resize(ref _levels[level], Math.Max(id + 1, _levels[level].Length * 2));
        }
    }
}
