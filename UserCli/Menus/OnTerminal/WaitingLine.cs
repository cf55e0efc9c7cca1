using Spectre.Console;

namespace JustHungry.UserCli.Menus.OnTerminal;

/// <summary>
/// An animated line while a request waits for a server; it disappears afterwards. A timer draws it, so everything is done under the lock,
/// and nothing is drawn after <see cref="Stop"/>.
/// </summary>
internal sealed class WaitingLine(IAnsiConsole console, TimeProvider time)
{
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private string _sentence = "";
    private int _frame;

    public void Show(string sentence)
    {
        lock (_lock)
        {
            _sentence = sentence;
            Draw();
            TimeSpan interval = Spinner.Known.Dots.Interval;
            _timer ??= time.CreateTimer(_ => Tick(), null, interval, interval);
        }
    }

    public void Stop()
    {
        lock (_lock)
        {
            if (_timer is null)
                return;

            _timer.Dispose();
            _timer = null;
            Erase();
            console.Cursor.Show(true);
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            if (_timer is not null)
                Draw();
        }
    }

    private void Draw()
    {
        Spinner spinner = console.Profile.Capabilities.Unicode ? Spinner.Known.Dots : Spinner.Known.Line;
        console.Cursor.Show(false);
        Erase();
        console.Write(Looks.Fit($"{spinner.Frames[_frame++ % spinner.Frames.Count]} {_sentence}", console.Profile.Width - 1), Looks.Notice);
    }

    private void Erase() => console.WriteAnsi(ansi => ansi.Write("\r").EraseInLine(2));
}
