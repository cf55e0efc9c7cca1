using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace JustHungry.Protocol.Ids;

/// <summary>
/// The secret of a shop's owner, 32 random bytes: whoever sends it may run the shop. It is stored in one file, as 64 hexadecimal digits,
/// and is part of the owner's requests, including the one that the owner's profile keeps until it is answered. Only its hash is
/// replicated.
/// </summary>
public readonly record struct OwnerKey(UInt128 High, UInt128 Low)
{
    public const int Bytes = 32;

    /// <summary>The most bytes that a key file may have: room for the digits, a byte order mark, and line ends.</summary>
    public const int FileBytesMax = 128;

    private const int HalfDigits = 32;

    /// <summary>A new key, from the system's random number generator.</summary>
    public static OwnerKey Make() => FromBytes(RandomNumberGenerator.GetBytes(Bytes));

    public static OwnerKey FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    /// <summary>Reads a key file's text: 64 hexadecimal digits, white space around them is ignored.</summary>
    public static bool TryParse(string text, out OwnerKey key)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        key = default;
        if (digits.Length != 2 * HalfDigits ||
            !UInt128.TryParse(digits[..HalfDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 high) ||
            !UInt128.TryParse(digits[HalfDigits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 low))
            return false;

        key = new OwnerKey(high, low);
        return true;
    }

    /// <summary>The key file's text. A key may be turned into text for nothing else.</summary>
    public string ToFileText() => string.Create(CultureInfo.InvariantCulture, $"{High:x32}{Low:x32}\n");

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    /// <summary>Never the key itself, since this string may end up in a log.</summary>
    public override string ToString() => "(owner's key)";
}
