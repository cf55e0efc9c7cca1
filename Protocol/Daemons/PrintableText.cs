using System.Globalization;
using System.Text;

namespace JustHungry.Protocol.Daemons;

/// <summary>Text that may come from strangers, so that it can neither begin a line of the log nor move a terminal's cursor or turn its text around.</summary>
internal static class PrintableText
{
    /// <summary>The text with <c>\uXXXX</c> in place of each control, format or separator character that is no space.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsHarmful))
            return text;

        var printable = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (IsHarmful(c))
                printable.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                printable.Append(c);
        }

        return printable.ToString();
    }

    private static bool IsHarmful(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
