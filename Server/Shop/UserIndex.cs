using System.Numerics;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Shop;

/// <summary>
/// Finds a user's number: 0, 1, 2… in the order in which users were added. A hash table with linear hashing (Litwin, VLDB 1980): each new
/// user splits one bucket, so no request ever pays for a copy of the whole table. Never enumerated by hash, which differs between
/// processes.
/// </summary>
internal sealed class UserIndex
{
    private const int None = -1;

    private readonly ChunkedList<Entry> _entries = new();
    private readonly ChunkedList<int> _heads = new();

    public UserIndex() => _heads.Add(None);

    public bool TryFind(UserId user, out int number)
    {
        for (number = _heads[BucketOf(user.GetHashCode())]; number != None; number = _entries[number].Next)
        {
            if (_entries[number].User == user)
                return true;
        }

        return false;
    }

    /// <summary>Adds a user who is not there yet.</summary>
    /// <returns>The user's number.</returns>
    public int Add(UserId user)
    {
        int number = _entries.Count;
        int hash = user.GetHashCode();
        ref int head = ref _heads[BucketOf(hash)];
        _entries.Add(new Entry(user, hash, head));
        head = number;
        SplitOne();
        return number;
    }

    private void SplitOne()
    {
        int bucket = _heads.Count;
        int parent = bucket - (1 << BitOperations.Log2((uint)bucket));
        int number = _heads[parent];
        _heads[parent] = None;
        _heads.Add(None);
        while (number != None)
        {
            ref Entry entry = ref _entries[number];
            int next = entry.Next;
            ref int head = ref _heads[BucketOf(entry.Hash)];
            entry.Next = head;
            head = number;
            number = next;
        }
    }

    /// <summary>
    /// The low bits of the hash, as many as there are buckets for; a bucket that does not exist yet is still part of the one it will be
    /// split from.
    /// </summary>
    private int BucketOf(int hash)
    {
        int mask = (int)(BitOperations.RoundUpToPowerOf2((uint)_heads.Count) - 1);
        int bucket = hash & mask;
        return bucket < _heads.Count ? bucket : bucket & (mask >> 1);
    }

    private struct Entry(UserId user, int hash, int next)
    {
        public readonly UserId User = user;
        public readonly int Hash = hash;
        public int Next = next;
    }
}
