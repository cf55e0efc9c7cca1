using Spectre.Console;
using Spectre.Console.Rendering;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>A console that shows what it is given as another one does, and takes its keys from <see cref="TerminalKeys"/>.</summary>
internal sealed class TerminalConsole(IAnsiConsole shown, TerminalKeys keys) : IAnsiConsole
{
    public Profile Profile => shown.Profile;

    public IAnsiConsoleCursor Cursor => shown.Cursor;

    public IAnsiConsoleInput Input => keys;

    public IExclusivityMode ExclusivityMode => shown.ExclusivityMode;

    public RenderPipeline Pipeline => shown.Pipeline;

    public void Clear(bool home) => shown.Clear(home);

    public void Write(IRenderable renderable) => shown.Write(renderable);

    public void WriteAnsi(Action<AnsiWriter> action) => shown.WriteAnsi(action);
}
