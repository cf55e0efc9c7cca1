using Spectre.Console;
using Spectre.Console.Rendering;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>
/// One question on a terminal: drawn, drawn over with each key, and gone when it is answered. Ctrl-D ends the input as it does in a
/// shell; however the question ends, the cursor is back.
/// </summary>
internal sealed class KeyLoop(IAnsiConsole console)
{
    /// <param name="draw">What is asked, as it stands.</param>
    /// <param name="press">Takes a key; true: answered.</param>
    /// <exception cref="EndOfInputException">Ctrl-D.</exception>
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

                    // what was pasted is drawn once
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
        return pressed is not { } key || IsEndOfInput(key) ? throw new EndOfInputException() : key;
    }

    /// <summary>Ctrl-D; on Windows people press ctrl-Z for it, which elsewhere never arrives as a key.</summary>
    private static bool IsEndOfInput(ConsoleKeyInfo key) =>
        key.Modifiers == ConsoleModifiers.Control && key.Key is ConsoleKey.D or ConsoleKey.Z;
}
