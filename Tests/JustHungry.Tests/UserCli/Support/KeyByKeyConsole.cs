using System.Text.RegularExpressions;
using Spectre.Console;
using Spectre.Console.Rendering;
using Spectre.Console.Testing;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>A test console whose keys come one by one, as a person's do, and that keeps what was drawn before each.</summary>
internal sealed partial class KeyByKeyConsole : IAnsiConsole, IAnsiConsoleInput, IAnsiConsoleCursor, IDisposable
{
    private readonly TestConsole _console = new();
    private readonly Lock _lock = new();
    private int _drawn;
    private bool _isDisposed;

    public KeyByKeyConsole(int columns = 80, int rows = 24)
    {
        _console.Size(new Size(columns, rows)).Interactive();
        _console.SupportsUnicode(true).EmitAnsiSequences();
    }

    /// <summary>What was written before each key was read.</summary>
    public List<string> Frames { get; } = [];

    /// <summary>Called when all keys have been read: for a question that is to be interrupted.</summary>
    public Action? OutOfKeys { get; set; }

    /// <summary>All that was written: each time that something was drawn over begins on a new line.</summary>
    public string Output => Strip(Raw);

    /// <summary>The same with its escape sequences.</summary>
    public string Raw => _console.Output;

    public bool HasCursor { get; private set; } = true;

    public Profile Profile => _console.Profile;

    public IAnsiConsoleCursor Cursor => this;

    public IAnsiConsoleInput Input => this;

    public IExclusivityMode ExclusivityMode => _console.ExclusivityMode;

    public RenderPipeline Pipeline => _console.Pipeline;

    /// <summary>Types texts and presses keys in the order given.</summary>
    public KeyByKeyConsole Type(params object[] keys)
    {
        foreach (object key in keys)
        {
            if (key is ConsoleKey named)
            {
                _console.Input.PushKey(named);
                continue;
            }

            // PushText would make an arrow of an apostrophe: it takes a letter's code for its key's
            foreach (char letter in (string)key)
                _console.Input.PushKey(new ConsoleKeyInfo(letter, default, false, false, false));
        }

        return this;
    }

    public KeyByKeyConsole TypeControl(ConsoleKey letter)
    {
        _console.Input.PushKey(new ConsoleKeyInfo((char)(letter - ConsoleKey.A + 1), letter, shift: false, alt: false, control: true));
        return this;
    }

    public void Clear(bool home) => _console.Clear(home);

    public void Write(IRenderable renderable) => Draw(() => _console.Write(renderable));

    public void WriteAnsi(Action<AnsiWriter> action) => Draw(() => _console.WriteAnsi(action));

    public bool IsKeyAvailable() => false;

    public ConsoleKeyInfo? ReadKey(bool intercept) => _console.Input.ReadKey(intercept);

    public async Task<ConsoleKeyInfo?> ReadKeyAsync(bool intercept, CancellationToken cancellationToken)
    {
        Frames.Add(Strip(Raw[_drawn..]));
        _drawn = Raw.Length;
        if (OutOfKeys is { } interrupt && !_console.Input.IsKeyAvailable())
        {
            interrupt();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return await _console.Input.ReadKeyAsync(intercept, cancellationToken);
    }

    public void Show(bool show) => HasCursor = show;

    public void SetPosition(int column, int line) => throw new NotSupportedException();

    public void Move(CursorDirection direction, int steps) => throw new NotSupportedException();

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _console.Dispose();
        }
    }

    /// <summary>A line that still waits draws by a timer, which a test that is over must not meet.</summary>
    private void Draw(Action draw)
    {
        lock (_lock)
        {
            if (!_isDisposed)
                draw();
        }
    }

    private static string Strip(string raw) => EscapeSequence().Replace(raw, "").Replace('\r', '\n');

    [GeneratedRegex("\e\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex EscapeSequence();
}
