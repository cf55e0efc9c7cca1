using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace JustHungry.Protocol.Ids;

/// <summary>
/// The secret of a shop's owner, 32 random bytes: whoever sends it may run the shop. It stands in one file, as 64 hexadecimal digits, and
/// in the owner's requests, also in the one that the owner's profile keeps until it is answered; what is replicated is its hash.
/// </summary>
public readonly record struct OwnerKey(UInt128 High, UInt128 Low)
{
    public const int Bytes = 32;

    /// <summary>What a file may hold at most, and still be taken for a key's: the digits, a byte order mark, and line ends.</summary>
    public const int FileBytesMax = 128;

    private const int HalfDigits = 32;

    /// <summary>A new one, from the system's generator.</summary>
    public static OwnerKey Make() => FromBytes(RandomNumberGenerator.GetBytes(Bytes));

    public static OwnerKey FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    /// <summary>Reads a key file's text: 64 hexadecimal digits, white space round them ignored.</summary>
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

    /// <summary>The key file's text. Nothing else may be made of a key.</summary>
    public string ToFileText() => string.Create(CultureInfo.InvariantCulture, $"{High:x32}{Low:x32}\n");

    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    /// <summary>Never the key itself: this string may end in a log.</summary>
    public override string ToString() => "(owner's key)";
}
