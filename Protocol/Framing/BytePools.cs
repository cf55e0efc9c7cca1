using System.Buffers;

namespace JustHungry.Protocol.Framing;

/// <summary>
/// Where connections and requests in flight rent their buffers. Tests put pools here that overwrite what is given back, so that bytes which
/// are read after that are seen to be wrong.
/// </summary>
public static class BytePools
{
    public static ArrayPool<byte> Arrays { get; internal set; } = ArrayPool<byte>.Shared;

    public static MemoryPool<byte> Memory { get; internal set; } = MemoryPool<byte>.Shared;
}
