namespace JustHungry.Server.Shop;

/// <summary>
/// A list that only grows, in chunks that never move: adding never copies more than one chunk, however long the list is, and structs
/// without references cost the garbage collector nothing.
/// </summary>
internal sealed class ChunkedList<T>
{
    // 1,024 of the largest struct stored here (40 bytes) stay below 85,000 bytes, from which size on arrays go to the large object heap.
    private const int ChunkBits = 10;
    private const int ChunkLength = 1 << ChunkBits;
    private const int FirstLength = 4;

    private T[][] _chunks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkLength - 1)];

    public void Add(in T item)
    {
        int chunk = Count >> ChunkBits;
        int place = Count & (ChunkLength - 1);
        if (place == 0)
            OpenChunk(chunk);
        else if (place == _chunks[chunk].Length)
            Array.Resize(ref _chunks[chunk], place * 2);

        _chunks[chunk][place] = item;
        Count++;
    }

    /// <summary>Only the first chunk starts small, because most users have few orders.</summary>
    private void OpenChunk(int chunk)
    {
        if (chunk == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(1, chunk * 2));
        _chunks[chunk] = new T[chunk == 0 ? FirstLength : ChunkLength];
    }
}
