using System.Runtime.InteropServices;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// Ends a command that goes on until it is stopped, when whoever read its stdout has gone. .NET ignores that a pipe has no reader any more,
/// and a watch that has nothing new to print would not even try to write: so the pipe is looked at four times a second. Not on Windows.
/// </summary>
public sealed class OutputPipe : IDisposable
{
    private const int LookMs = 250;
    private const int StandardOutput = 1;
    private const short NoReader = 0x0008 | 0x0010 | 0x0020; // POLLERR, POLLHUP, POLLNVAL, the same on every Unix

    private readonly CancellationTokenSource _stopping;
    private readonly Timer? _timer;

    private OutputPipe(CancellationToken stop)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (Console.IsOutputRedirected && !OperatingSystem.IsWindows())
            _timer = new Timer(_ => Look(), null, LookMs, LookMs);
    }

    /// <summary>Nobody reads any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Cancelled when nobody reads any more, and by whatever stops the command.</summary>
    public CancellationToken Token => _stopping.Token;

    /// <summary>How a command ends that goes on until it is stopped.</summary>
    public int ExitCode => IsClosed ? Commands.ExitCode.PipeClosed : Commands.ExitCode.Done;

    /// <param name="stop">ctrl-C.</param>
    public static OutputPipe Watch(CancellationToken stop) => new(stop);

    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Dispose();
    }

    private void Look()
    {
        var pipe = new Polled { Descriptor = StandardOutput };
        if (Poll(ref pipe, 1, 0) <= 0 || (pipe.Found & NoReader) == 0)
            return;

        IsClosed = true;
        try
        {
            _stopping.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // the command has ended meanwhile
        }
    }

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref Polled descriptors, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    private struct Polled
    {
        public int Descriptor;
        public short Sought;
        public short Found;
    }
}
