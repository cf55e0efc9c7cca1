using System.Globalization;
using System.Runtime.InteropServices;

namespace JustHungry.Simulator.World;

/// <summary>
/// What happened in a schedule: always as a hash (equal seeds must give equal hashes), and as readable lines if they are asked for, or the
/// last lines before a violation. Lines are formatted only if somebody will read them.
/// </summary>
internal sealed class Trace(bool keepLines)
{
    private readonly List<string> _lines = [];

    /// <summary>A hash of everything that was given to <see cref="Mix(ulong)"/>, in order.</summary>
    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    public bool KeepsLines => keepLines;

    public IReadOnlyList<string> Lines => _lines;

    public void Mix(ulong value) => Hash = ulong.RotateLeft((Hash ^ value) * 0x9E3779B97F4A7C15, 29);

    public void Mix(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            Mix(word);
        ulong rest = (ulong)bytes.Length;
        foreach (byte b in bytes[(words.Length * sizeof(ulong))..])
            rest = (rest << 8) | b;
        Mix(rest);
    }

    public void Line(long nowUs, string who, string what) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{nowUs / 1000,8}.{nowUs % 1000:000} {who,-5} {what}"));
}
