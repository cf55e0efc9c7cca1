namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>Which row of a list is chosen, and which rows are in sight. Its rule: a row that can't be picked is never the chosen one.</summary>
internal sealed class ListMenu
{
    /// <summary>How many rows PageUp and PageDown move.</summary>
    private const int Page = 10;

    private readonly IReadOnlyList<ListRow> _rows;
    private int _top;

    /// <param name="rows">At least one can be picked.</param>
    /// <param name="start">Where to begin; if that row can't be picked, at the next one that can.</param>
    public ListMenu(IReadOnlyList<ListRow> rows, int start = 0)
    {
        _rows = rows;
        Chosen = Math.Clamp(start, 0, rows.Count - 1);
        if (!rows[Chosen].CanBePicked)
            Step(+1);
    }

    public int Chosen { get; private set; }

    /// <summary>Takes a key; true if the chosen row is picked.</summary>
    public bool Press(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return true;
            case ConsoleKey.UpArrow:
                Step(-1);
                break;
            case ConsoleKey.DownArrow or ConsoleKey.Tab:
                Step(+1);
                break;
            case ConsoleKey.PageUp:
                Leap(Chosen - Page, +1);
                break;
            case ConsoleKey.PageDown:
                Leap(Chosen + Page, -1);
                break;
            case ConsoleKey.Home:
                Leap(0, +1);
                break;
            case ConsoleKey.End:
                Leap(_rows.Count - 1, -1);
                break;
            default:
                JumpTo(key.KeyChar);
                break;
        }

        return false;
    }

    /// <summary>
    /// Which of the first <paramref name="count"/> rows to show if <paramref name="height"/> fit. The chosen row is shown if it is among
    /// the first <paramref name="count"/>.
    /// </summary>
    public Range InSight(int count, int height)
    {
        int chosen = Math.Min(Chosen, count - 1);
        _top = Math.Clamp(_top, Math.Max(0, chosen - height + 1), Math.Max(0, chosen));
        _top = Math.Clamp(_top, 0, Math.Max(0, count - height));
        return _top..Math.Min(count, _top + height);
    }

    /// <summary>Moves to the next row that can be picked, wrapping around at the ends.</summary>
    private void Step(int by)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            Chosen = (Chosen + by + _rows.Count) % _rows.Count;
            if (_rows[Chosen].CanBePicked)
                return;
        }
    }

    private void Leap(int to, int otherwise)
    {
        Chosen = Math.Clamp(to, 0, _rows.Count - 1);
        if (!_rows[Chosen].CanBePicked)
            Step(otherwise);
    }

    /// <summary>Moves to the next row that begins with the letter.</summary>
    private void JumpTo(char letter)
    {
        for (int i = 1; i <= _rows.Count; i++)
        {
            int row = (Chosen + i) % _rows.Count;
            if (_rows[row].CanBePicked && _rows[row].Label.Length > 0 && char.ToUpperInvariant(_rows[row].Label[0]) == char.ToUpperInvariant(letter))
            {
                Chosen = row;
                return;
            }
        }
    }
}

internal readonly record struct ListRow(string Label, bool CanBePicked = true);
