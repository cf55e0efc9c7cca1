using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// Starts programs under strace, which writes down what they do to files and sockets. The program keeps its process id, so that it can
/// be signalled as ever. Needs Linux and strace, and the right to trace; without them the test is ignored and says so.
/// </summary>
internal sealed class CallRecorder
{
    private const string Calls =
        "openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,close,write,writev,pwrite64,pwritev,ftruncate,fallocate,fsync,fdatasync,sendto,sendmsg";

    /// <summary>Longer than any string that these tests write or send.</summary>
    private const int StringBytesMax = 1 << 20;

    private readonly string _directory;
    private int _count;

    public CallRecorder(string directory)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/strace"))
            Assert.Ignore("what is synced before it is told is recorded by strace: install it on Linux to test it");
        _directory = directory;
    }

    /// <summary>What goes before a program and its arguments so that it is recorded.</summary>
    public IReadOnlyList<string> Record(out string file)
    {
        file = Path.Combine(_directory, $"calls-{Interlocked.Increment(ref _count)}");
        return ["/usr/bin/strace", "-D", "-f", "-xx", "-s", $"{StringBytesMax}", "-o", file, "-e", "trace=" + Calls];
    }
}
