namespace JustHungry.Simulator.World;

/// <summary>
/// All randomness of a schedule, from its seed: xoshiro256** (Blackman and Vigna), seeded by SplitMix64. Owned by the schedule: who draws
/// numbers, and in which order, is part of what the seed decides.
/// </summary>
internal sealed class Chance
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public Chance(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    public ulong Next()
    {
        ulong result = ulong.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 ≤ result &lt; <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(((UInt128)Next() * (ulong)bound) >> 64);

    /// <summary><paramref name="least"/> ≤ result ≤ <paramref name="most"/>.</summary>
    public long Between(long least, long most) => least + (long)(((UInt128)Next() * (ulong)(most - least + 1)) >> 64);

    public bool OneIn(int n) => Below(n) == 0;

    public bool Percent(double percent) => Next() < percent / 100 * ulong.MaxValue;

    /// <summary>
    /// Mostly near <paramref name="least"/>, sometimes up to <paramref name="most"/>, like the delays of networks and disks.
    /// </summary>
    public long Skewed(long least, long most)
    {
        double x = (Next() >> 11) * (1.0 / (1UL << 53));
        return least + (long)((most - least) * x * x * x * x);
    }

    public T Pick<T>(IReadOnlyList<T> list) => list[Below(list.Count)];

    public UInt128 Id() => new(Next(), Next());

    private static ulong SplitMix(ref ulong seed)
    {
        ulong z = seed += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
