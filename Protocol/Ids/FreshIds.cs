using System.Buffers.Binary;
using System.Security.Cryptography;

namespace JustHungry.Protocol.Ids;

/// <summary>Makes ids that nobody else has or can guess. Cores get this passed in, since they have no randomness of their own.</summary>
public static class FreshIds
{
    /// <summary>128 bits from the system's generator.</summary>
    public static UInt128 Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
