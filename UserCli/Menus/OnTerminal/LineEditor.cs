namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>A line of text while it is being typed, with the keys that people know from their shell.</summary>
internal sealed class LineEditor(string text)
{
    public string Text { get; private set; } = text;

    /// <summary>How many characters are before the cursor.</summary>
    public int Cursor { get; private set; } = text.Length;

    /// <summary>Takes a key; true if the line is finished.</summary>
    public bool Press(ConsoleKeyInfo key)
    {
        bool isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return true;
            case ConsoleKey.LeftArrow:
                Cursor = Before(Cursor);
                break;
            case ConsoleKey.RightArrow:
                Cursor = After(Cursor);
                break;
            case ConsoleKey.Home:
            case ConsoleKey.A when isControl:
                Cursor = 0;
                break;
            case ConsoleKey.End:
            case ConsoleKey.E when isControl:
                Cursor = Text.Length;
                break;
            case ConsoleKey.Backspace:
                Remove(Before(Cursor), Cursor);
                break;
            case ConsoleKey.Delete:
                Remove(Cursor, After(Cursor));
                break;
            case ConsoleKey.U when isControl:
                Remove(0, Cursor);
                break;
            case ConsoleKey.K when isControl:
                Remove(Cursor, Text.Length);
                break;
            case ConsoleKey.W when isControl:
                Remove(Text[..Cursor].TrimEnd().LastIndexOf(' ') + 1, Cursor);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                {
                    Text = Text.Insert(Cursor, key.KeyChar.ToString());
                    Cursor++;
                }

                break;
        }

        return false;
    }

    private void Remove(int from, int to)
    {
        Text = Text.Remove(from, to - from);
        Cursor = from;
    }

    // The two halves of a surrogate pair arrive as two keys, and are deleted or passed as one character.
    private int Before(int at) => Math.Max(0, at >= 2 && char.IsSurrogatePair(Text, at - 2) ? at - 2 : at - 1);

    private int After(int at) => Math.Min(Text.Length, at + 1 < Text.Length && char.IsSurrogatePair(Text, at) ? at + 2 : at + 1);
}
