using System.Globalization;
using System.Text;

namespace JustHungry.UserCli.Text;

/// <summary>
/// How many columns a text takes on a terminal: a wide character (寿司) takes two, a combining one none. By the ranges of Unicode's
/// EastAsianWidth.txt that are wide, of which the gaps between neighbours do not matter.
/// </summary>
internal static class CellWidth
{
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF),
        (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    public static int Of(string text)
    {
        int cells = 0;
        foreach (Rune rune in text.EnumerateRunes())
            cells += Of(rune);
        return cells;
    }

    public static int Of(Rune rune) => rune.IsAscii ? 1
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : Array.Exists(Wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2
        : 1;

    /// <summary>The text in lines of at most so many columns, broken at spaces where there are some.</summary>
    public static IReadOnlyList<string> Wrap(string text, int columns)
    {
        List<string> lines = [];
        string rest = text;
        while (Of(rest) > columns)
        {
            int fits = CharsThatFit(rest, columns);
            int space = rest.LastIndexOf(' ', Math.Min(fits, rest.Length - 1));
            lines.Add((space > 0 ? rest[..space] : rest[..fits]).TrimEnd());
            rest = (space > 0 ? rest[space..] : rest[fits..]).TrimStart();
        }

        return rest.Length > 0 || lines.Count == 0 ? [.. lines, rest] : lines;
    }

    /// <summary>At least one character, so that every line makes progress.</summary>
    private static int CharsThatFit(string text, int columns)
    {
        int chars = 0, cells = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            cells += Of(rune);
            if (cells > columns && chars > 0)
                break;
            chars += rune.Utf16SequenceLength;
        }

        return chars;
    }
}
