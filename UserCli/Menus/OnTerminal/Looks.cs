using Spectre.Console;
using Spectre.Console.Rendering;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>
/// How things look. Only the sixteen colours that the terminal's own theme defines are used, and nothing is shown by colour alone.
/// </summary>
internal static class Looks
{
    public static readonly Style Question = new(decoration: Decoration.Bold);
    public static readonly Style Chosen = new(Color.Teal, decoration: Decoration.Bold);
    public static readonly Style Quiet = new(decoration: Decoration.Dim);
    public static readonly Style Notice = new(Color.Olive);
    public static readonly Style Good = new(Color.Green);
    public static readonly Style Total = new(decoration: Decoration.Bold);
    public static readonly Style TextCursor = new(decoration: Decoration.Invert);

    /// <summary>The process's terminal; the caller has checked that it is one.</summary>
    public static IAnsiConsole ConsoleOfProcess()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = OperatingSystem.IsWindows() ? AnsiSupport.Detect : AnsiSupport.Yes, // only an old Windows console may not know the escape sequences
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.Detect, // none with NO_COLOR
        });
        return new TerminalConsole(console, TerminalKeys.OfProcess());
    }

    public static string Pointer(IAnsiConsole console) => console.Profile.Capabilities.Unicode ? "❯ " : "> ";

    /// <summary>The text in at most the given number of columns, without characters that would move the cursor.</summary>
    public static string Fit(string text, int columns)
    {
        string shown = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        if (new Segment(shown).CellCount() <= columns)
            return shown;
        return columns < 1 ? "" : Segment.Truncate(new Segment(shown), columns - 1)?.Text + "…";
    }
}
