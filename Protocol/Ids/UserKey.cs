using System.Buffers.Binary;

namespace JustHungry.Protocol.Ids;

/// <summary>A user's secret, 32 random bytes, known to the CLI's profile and sent with every request. The shop keeps only its hash.</summary>
public readonly record struct UserKey(UInt128 High, UInt128 Low)
{
    public const int Bytes = 32;

    public static UserKey FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    /// <summary>Never the key itself, since this string may end up in a log.</summary>
    public override string ToString() => "(key)";
}
