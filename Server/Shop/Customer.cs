using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>What the shop knows of one user.</summary>
internal sealed class Customer(UserId user)
{
    // Encoded: one small object instead of six.
    private byte[]? _details;

    public UserId User { get; } = user;

    public KeyHash Key { get; set; }

    public AnsweredRing Answered { get; } = new();

    /// <summary>The place of each order in the order book; the order's id is its index here plus 1.</summary>
    public ChunkedList<int> Orders { get; } = new();

    public OrderIdSet ActiveOrders { get; } = new();

    public bool HasDetails => _details is not null;

    /// <summary>How many bytes the details add to an answer.</summary>
    public int DetailsBytes => _details?.Length ?? 1;

    /// <summary>Null until some are accepted.</summary>
    public CustomerDetails? Details
    {
        get
        {
            if (_details is null)
                return null;
            var reader = new MessagePackReader(_details);
            return CustomerDetails.Read(ref reader);
        }

        set => _details = value is null ? null : Encode(value);
    }

    private static byte[] Encode(CustomerDetails details)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        CustomerDetails.Write(ref writer, details);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
