namespace JustHungry.UserCli.Text;

/// <summary>Rows in aligned columns, two spaces apart, under a line of headings.</summary>
internal sealed class TextTable(params TextColumn[] columns)
{
    private const string Gap = "  ";

    private readonly List<string[]> _rows = [];

    public TextTable Add(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    public void WriteTo(TextWriter output)
    {
        int[] widths = [.. columns.Select((column, i) => _rows.Select(row => row[i].Length).Append(column.Heading.Length).Max())];
        if (columns.Any(c => c.Heading.Length > 0))
            WriteRow(output, widths, [.. columns.Select(c => c.Heading)]);
        foreach (string[] row in _rows)
            WriteRow(output, widths, row);
    }

    private void WriteRow(TextWriter output, int[] widths, string[] cells) =>
        output.WriteLine(string.Join(Gap, cells.Select((cell, i) => columns[i].IsRight ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
}

/// <summary>A column's heading and alignment.</summary>
internal readonly record struct TextColumn(string Heading, bool IsRight = false);
