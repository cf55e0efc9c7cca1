using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using Microsoft.Win32.SafeHandles;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>The real <c>user</c> on a terminal of its own, as a terminal emulator would run it: what it writes is read all the time, and keys are typed.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWriteNoControl = 0x2 | 0x100; // O_RDWR | O_NOCTTY
    private const int DeadlineMs = 20_000;

    private readonly Lock _lock = new();
    private readonly StringBuilder _shown = new();
    private readonly FileStream _master;
    private readonly Process _session;
    private readonly Task _reading;
    private int _answered;

    private PseudoTerminal(FileStream master, Process session)
    {
        _master = master;
        _session = session;
        _reading = Task.Run(Read);
    }

    /// <summary>Everything written so far, with its escape sequences.</summary>
    public string Shown
    {
        get
        {
            lock (_lock)
                return _shown.ToString();
        }
    }

    public bool HasCursor => Shown.LastIndexOf("\e[?25h", StringComparison.Ordinal) > Shown.LastIndexOf("\e[?25l", StringComparison.Ordinal);

    public static PseudoTerminal Start(ShopFixture fixture, string[] args, params (string Name, string Value)[] environment)
    {
        int master = OpenPt(ReadWriteNoControl);
        byte[] name = new byte[128];
        if (master < 0 || GrantPt(master) != 0 || UnlockPt(master) != 0 || PtsName(master, name, name.Length) != 0)
            throw new InvalidOperationException($"no pseudo-terminal: error {Marshal.GetLastPInvokeError()}");

        string slave = Encoding.ASCII.GetString(name).TrimEnd('\0');
        string program = Path.Combine(AppContext.BaseDirectory, "user");
        var start = new ProcessStartInfo(
            "setsid", ["-w", "sh", "-c", "exec <>\"$0\" >&0 2>&0; stty rows 24 cols 80; exec \"$@\"", slave, program, .. args]);
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        start.Environment[Home.Variable] = fixture.Directory.Path;
        start.Environment[NameServerOptions.NameServerVariable] = fixture.FrontEnd.NameServer.ToString();
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        return new PseudoTerminal(new FileStream(new SafeFileHandle(master, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0), ForegroundProcess.Start(start));
    }

    /// <summary>Waits for the text to come after what was shown at the last call, then types.</summary>
    public async Task AnswerAsync(string shown, string keys)
    {
        int from = _answered;
        await Eventually.True(() => Shown.IndexOf(shown, from, StringComparison.Ordinal) >= 0, () => $"no '{shown}' in: {Shown[from..]}");
        _answered = Shown.Length;
        Type(keys);
    }

    public void Type(string keys) => _master.Write(Encoding.UTF8.GetBytes(keys));

    public async Task<int> EndAsync()
    {
        using var deadline = new CancellationTokenSource(DeadlineMs);
        try
        {
            await _session.WaitForExitAsync(deadline.Token);
            await _reading.WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"still running after {DeadlineMs} ms: {Shown}");
        }

        return _session.ExitCode;
    }

    /// <summary>Whoever still runs on the terminal is hung up with it.</summary>
    public void Dispose()
    {
        if (!_session.HasExited)
            _session.Kill(entireProcessTree: true);
        _session.Dispose();
        _master.Dispose();
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        var utf8 = Encoding.UTF8.GetDecoder();
        char[] text = new char[buffer.Length + 1];
        try
        {
            while (_master.Read(buffer) is > 0 and var read)
            {
                int chars = utf8.GetChars(buffer, 0, read, text, 0);
                lock (_lock)
                    _shown.Append(text, 0, chars);
            }
        }
        catch (IOException)
        {
            // EIO: nobody has the terminal open any more
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenPt(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int GrantPt(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int UnlockPt(int master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int PtsName(int master, [Out] byte[] name, nint length);
}
