using Spectre.Console;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>
/// The keys of the process's terminal, waited for in a blocking read. Spectre.Console looks every five milliseconds whether one was
/// pressed, for which a menu that nobody touched took several percent of a core. A wait that was cancelled leaves its read behind, since
/// a read can't be interrupted: the key that ends it goes to whoever waits next. Used by one question at a time.
/// </summary>
/// <param name="isKeyAvailable">Whether <paramref name="readKey"/> would return at once.</param>
/// <param name="readKey">Waits for a key, without showing it.</param>
internal sealed class TerminalKeys(Func<bool> isKeyAvailable, Func<ConsoleKeyInfo> readKey) : IAnsiConsoleInput
{
    private Task<ConsoleKeyInfo>? _reading;

    public static TerminalKeys OfProcess() => new(() => Console.KeyAvailable, () => Console.ReadKey(intercept: true));

    public bool IsKeyAvailable() => _reading is { } reading ? reading.IsCompleted : isKeyAvailable();

    public ConsoleKeyInfo? ReadKey(bool intercept) => throw new NotSupportedException("keys are read asynchronously");

    /// <exception cref="OperationCanceledException">Cancelled first.</exception>
    public async Task<ConsoleKeyInfo?> ReadKeyAsync(bool intercept, CancellationToken cancellationToken)
    {
        // a thread of its own, since it may block for as long as the person thinks
        _reading ??= Task.Factory.StartNew(readKey, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        ConsoleKeyInfo key = await _reading.WaitAsync(cancellationToken);
        _reading = null;
        return key;
    }
}
