namespace JustHungry.Protocol.Framing;

/// <summary>How long a frame may be, in bytes without its prefix. The prefix is checked before a byte of the body is awaited.</summary>
public static class FrameLimits
{
    /// <summary>A u32, little-endian: the length of what follows it.</summary>
    public const int PrefixBytes = 4;

    /// <summary>Until the peer has said hello, since it may be anybody.</summary>
    public const int HelloBytesMax = 4 * 1024;

    /// <summary>From a user or operator: the largest order (100 lines of 200-character names) is 21 KiB, a view of 64 members 8 KiB.</summary>
    public const int UserBytesMax = 64 * 1024;

    /// <summary>Between daemons, and in answers to a user.</summary>
    public const int DaemonBytesMax = 1024 * 1024;

    /// <summary>
    /// The most bytes of entries in an Append, of rows in a transfer, and of the answer to a request, so that a frame that carries them
    /// on under a longer header stays below <see cref="DaemonBytesMax"/>. More are malformed.
    /// </summary>
    public const int PayloadBytesMax = DaemonBytesMax - 16 * 1024;

    /// <summary>
    /// The most bytes of rows in one state-transfer frame, unless a single row is larger. It takes 0.7 s at 100 kB/s, so that heartbeats
    /// behind it are not held up for long.
    /// </summary>
    public const int ChunkBytesMax = 64 * 1024;
}
