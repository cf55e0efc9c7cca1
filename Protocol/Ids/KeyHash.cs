using System.Buffers.Binary;
using System.Security.Cryptography;

namespace JustHungry.Protocol.Ids;

/// <summary>The SHA-256 of a key.</summary>
public readonly record struct KeyHash(UInt128 High, UInt128 Low)
{
    public const int Bytes = 32;

    /// <summary>What a shop keeps of a user's or an owner's key: it can be compared, but the key can't be recovered from it.</summary>
    public static KeyHash Of(UserKey key)
    {
        Span<byte> bytes = stackalloc byte[UserKey.Bytes];
        key.CopyTo(bytes);
        return Of(bytes);
    }

    /// <summary>What a shop keeps of its owner's key.</summary>
    public static KeyHash Of(OwnerKey key)
    {
        Span<byte> bytes = stackalloc byte[OwnerKey.Bytes];
        key.CopyTo(bytes);
        return Of(bytes);
    }

    public static KeyHash FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    /// <summary>Compares in a time that does not depend on where the two differ.</summary>
    public bool EqualsInFixedTime(KeyHash other) => ((High ^ other.High) | (Low ^ other.Low)) == UInt128.Zero;

    private static KeyHash Of(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return FromBytes(hash);
    }
}
