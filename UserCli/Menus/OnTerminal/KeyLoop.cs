using Spectre.Console;
using Spectre.Console.Rendering;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>
/// One question on a terminal: drawn, redrawn with each key, and removed when it is answered. Ctrl-D ends the input as it does in a
/// shell. However the question ends, the cursor is shown again.
/// </summary>
internal sealed class KeyLoop(IAnsiConsole console)
{
    /// <param name="draw">Draws the question in its present state.</param>
    /// <param name="press">Takes a key; true if the question is answered.</param>
    /// <exception cref="EndOfInputException">Ctrl-D.</exception>
    /// <exception cref="BackException">Esc.</exception>
    /// <exception cref="OperationCanceledException">Ctrl-C.</exception>
    public async Task RunAsync(Func<IRenderable> draw, Func<ConsoleKeyInfo, bool> press, CancellationToken cancel)
    {
        try
        {
            await console.Live(draw()).AutoClear(true).StartAsync(async live =>
            {
                bool answered = false;
                while (!answered)
                {
                    live.UpdateTarget(draw());

                    // pasted text is drawn once, not key by key
                    do
                        answered = press(await ReadAsync(cancel));
                    while (!answered && console.Input.IsKeyAvailable());
                }
            });
        }
        finally
        {
            console.Cursor.Show(true);
        }
    }

    private async Task<ConsoleKeyInfo> ReadAsync(CancellationToken cancel)
    {
        ConsoleKeyInfo? pressed = await console.Input.ReadKeyAsync(intercept: true, cancel);
        cancel.ThrowIfCancellationRequested();
        return pressed is not { } key || IsEndOfInput(key) ? throw new EndOfInputException()
            : key.Key == ConsoleKey.Escape ? throw new BackException()
            : key;
    }

    /// <summary>Ctrl-D, or ctrl-Z, which people use instead on Windows and which never arrives as a key elsewhere.</summary>
    private static bool IsEndOfInput(ConsoleKeyInfo key) =>
        key.Modifiers == ConsoleModifiers.Control && key.Key is ConsoleKey.D or ConsoleKey.Z;
}
