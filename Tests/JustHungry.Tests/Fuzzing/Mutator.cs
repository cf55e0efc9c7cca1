using JustHungry.Protocol.Framing;

namespace JustHungry.Tests.Fuzzing;

/// <summary>Makes hostile bytes of a valid MessagePack value: elements of it replaced, left out, repeated or moved, or the bytes themselves damaged.</summary>
internal static class Mutator
{
    /// <summary>Values at the edges of their types, wrong types, and headers that promise more than there is.</summary>
    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "c0", "c2", "c3", "00", "01", "7f", "ff", "ccff", "cdffff", "ce7fffffff", "ce80000000", "ceffffffff", "cf4000000000000000", "cf4000000000000001",
            "cf7fffffffffffffff", "cfffffffffffffffff", "cffffffffffffffffe", "d080", "d1ffff", "d280000000", "d38000000000000000", "cb7ff8000000000000", "ca00000000",
            "a0", "a161", "a3e282ac", "a1ff", "a100", "c400", "c401ff", "90", "80", "9101", "9190", "8101c0", "c70005", "d4ff00", "c1",
            "c6ffffffff", "c680000000", "dbffffffff", "db7fffffff", "ddffffffff", "dd00010000", "dfffffffff", "c9ffffffff05", "c5ffff", "daffff", "dcffff",
        }.Select(Convert.FromHexString),
        [0xd9, 200, .. Enumerable.Repeat((byte)'x', 200)],
        [0xc4, 16, .. new byte[16]],
        [.. Enumerable.Repeat((byte)0x91, 5_000), 0xc0],
    ];

    /// <summary>One to three mutations, one after the other.</summary>
    public static byte[] Mutate(Random random, byte[] bytes)
    {
        for (int left = random.Next(1, 4); left > 0; left--)
            bytes = random.Next(4) == 0 ? DamageBytes(random, bytes) : DamageElement(random, bytes);
        return bytes.Length > FrameLimits.UserBytesMax ? bytes[..FrameLimits.UserBytesMax] : bytes;
    }

    private static byte[] DamageElement(Random random, byte[] bytes)
    {
        if (!Elements.TryFind(bytes, out List<Range> elements))
            return DamageBytes(random, bytes);

        Range at = elements[random.Next(elements.Count)];
        Range other = elements[random.Next(elements.Count)];
        return random.Next(6) switch
        {
            0 => Elements.Replace(bytes, at, []),
            1 => Elements.Replace(bytes, at, [.. bytes[at], .. bytes[at]]),
            2 => Elements.Replace(bytes, at, bytes[other]),
            _ => Elements.Replace(bytes, at, Values[random.Next(Values.Length)]),
        };
    }

    private static byte[] DamageBytes(Random random, byte[] bytes)
    {
        int at = random.Next(bytes.Length + 1);
        byte[] some = new byte[random.Next(1, 9)];
        random.NextBytes(some);
        if (at == bytes.Length || random.Next(4) == 0)
            return random.Next(2) == 0 ? bytes[..at] : [.. bytes[..at], .. some, .. bytes[at..]];

        byte[] damaged = [.. bytes];
        damaged[at] = random.Next(2) == 0 ? some[0] : (byte)(damaged[at] ^ (1 << random.Next(8)));
        return damaged;
    }
}
