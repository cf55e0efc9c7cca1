namespace JustHungry.UserCli.Text;

/// <summary>
/// Rows in aligned columns, two spaces apart, under a line of headings. Fits into 80 columns: where that is too few, texts go on in the
/// next line of their column. Numbers, in the columns that are aligned to the right, never do.
/// </summary>
internal sealed class TextTable(params TextColumn[] columns)
{
    public const int WidthMax = 80;

    /// <summary>A column that wraps is not made narrower than this, even if the table then gets too wide.</summary>
    private const int NarrowestText = 8;

    private const string Gap = "  ";

    /// <summary>A space at which no cell is broken; it is written as a usual one.</summary>
    public const char UnbrokenSpace = '\u00A0';

    private readonly List<string[]> _rows = [];

    public TextTable Add(params string[] cells)
    {
        _rows.Add([.. cells.Select(Printable)]);
        return this;
    }

    public void WriteTo(TextWriter output)
    {
        int[] widths = Fit([.. columns.Select((_, i) => NaturalWidth(i))]);
        if (columns.Any(c => c.Heading.Length > 0))
            WriteRow(output, widths, [.. columns.Select(c => c.Heading)]);
        foreach (string[] row in _rows)
            WriteRow(output, widths, row);
    }

    private int NaturalWidth(int column) => _rows.Select(row => CellWidth.Of(row[column])).Append(CellWidth.Of(columns[column].Heading)).Max();

    /// <summary>Narrows the widest texts until everything fits, and gives what wrapping leaves unused in one of them to the others.</summary>
    private int[] Fit(int[] natural)
    {
        int[] widths = [.. natural];
        while (Excess(widths) > 0 && Widest(widths, least: NarrowestText) is { } widest)
            widths[widest]--;
        for (int i = 0; i < widths.Length; i++)
        {
            if (widths[i] < natural[i])
                widths[i] = Math.Max(CellWidth.Of(columns[i].Heading), _rows.SelectMany(row => CellWidth.Wrap(row[i], widths[i])).Max(CellWidth.Of));
        }

        if (Widest(natural, least: 0) is { } longest && Excess(widths) is < 0 and var unused)
            widths[longest] = Math.Min(natural[longest], widths[longest] - unused);
        return widths;
    }

    private static int Excess(int[] widths) => widths.Sum() + (Gap.Length * (widths.Length - 1)) - WidthMax;

    /// <summary>The widest column of text that is wider than the least; the last one of several.</summary>
    private int? Widest(int[] widths, int least)
    {
        int? widest = null;
        for (int i = 0; i < widths.Length; i++)
        {
            if (!columns[i].IsRight && widths[i] > least && (widest is not { } before || widths[i] >= widths[before]))
                widest = i;
        }

        return widest;
    }

    private void WriteRow(TextWriter output, int[] widths, string[] cells)
    {
        IReadOnlyList<string>[] wrapped = [.. cells.Select((cell, i) => columns[i].IsRight ? [cell] : CellWidth.Wrap(cell, widths[i]))];
        for (int line = 0; line < wrapped.Max(w => w.Count); line++)
            output.WriteLine(string.Join(Gap, wrapped.Select((w, i) => Pad(line < w.Count ? w[line] : "", widths[i], columns[i].IsRight))).TrimEnd().Replace(UnbrokenSpace, ' '));
    }

    private static string Pad(string text, int width, bool isRight)
    {
        string spaces = new(' ', Math.Max(0, width - CellWidth.Of(text)));
        return isRight ? spaces + text : text + spaces;
    }

    /// <summary>What somebody typed must not move the cursor.</summary>
    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}

/// <summary>A column's heading and alignment.</summary>
internal readonly record struct TextColumn(string Heading, bool IsRight = false);
