using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Shop;

/// <summary>
/// A 64-bit hash that is the same in every process and version, since it is stored: eight bytes at a time, mixed by a multiplication as in
/// splitmix64 (Steele, Lea and Flood, OOPSLA 2014). It detects users' mistakes and replicas that differ, not attacks: a forged body harms
/// only its forger.
/// </summary>
internal static class BodyHash
{
    private const ulong Multiplier = 0xBF58476D1CE4E5B9;
    private const int WordBytes = sizeof(ulong);

    public static ulong Of(RequestKind kind, in ReadOnlySequence<byte> body) =>
        body.IsSingleSegment ? Of((byte)kind, body.FirstSpan) : Of((byte)kind, body.ToArray());

    public static ulong Of(ulong seed, ReadOnlySpan<byte> bytes)
    {
        ulong hash = Mix(seed ^ ((ulong)bytes.Length << 32));
        while (bytes.Length >= WordBytes)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[WordBytes..];
        }

        ulong rest = 0;
        bytes.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref rest)));
        return Mix(hash ^ (BitConverter.IsLittleEndian ? rest : BinaryPrimitives.ReverseEndianness(rest)));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 31)) * Multiplier;
        return value ^ (value >> 29);
    }
}
