using JustHungry.Protocol.Ids;

namespace JustHungry.Benchmarks.Load;

/// <summary>One user: who it is, what it asked for last, and what it was promised. Owned by the link that carries it.</summary>
internal sealed class BenchUser
{
    public BenchUser() => Asked = (ushort)Id.Value;

    public UserId Id { get; } = new(FreshIds.Next());

    public UserKey Key { get; } = new(FreshIds.Next(), FreshIds.Next());

    /// <summary>The sequence number of the last update.</summary>
    public Sequence Sequence { get; set; }

    public RequestId RequestId { get; set; }

    /// <summary>When its request in flight was sent, in the stopwatch's ticks.</summary>
    public long SentAt { get; set; }

    /// <summary>The wish (its number in <see cref="Menu"/>) behind each acknowledged order, by order id from 1 on.</summary>
    public List<byte> Placed { get; } = [];

    /// <summary>The wish that is being ordered.</summary>
    public byte Wish { get; set; }

    /// <summary>
    /// Rises with each request and decides what the request is. Users begin at different values, so that they do not all look or all
    /// order at once.
    /// </summary>
    public uint Asked { get; set; }
}
