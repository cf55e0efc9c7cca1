using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// A library that makes each fsync of a process take longer, compiled here and preloaded by the dynamic linker: the programs know
/// nothing of it. How long is read from a file at each sync, so that a disk can become slow and well again while its server runs.
/// Needs Linux and a C compiler; without them the test is ignored and says so.
/// </summary>
internal sealed class SlowSync
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <time.h>

        static int slowly(const char *name, int fd)
        {
            FILE *file = fopen(getenv("SLOW_SYNC_FILE"), "r");
            long ms = 0;
            if (file)
            {
                if (fscanf(file, "%ld", &ms) != 1)
                    ms = 0;
                fclose(file);
            }

            struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
            while (ms > 0 && nanosleep(&wait, &wait) != 0)
                ;
            return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
        }

        int fsync(int fd) { return slowly("fsync", fd); }
        int fdatasync(int fd) { return slowly("fdatasync", fd); }
        """;

    private readonly string _file;

    private SlowSync(string library, string file)
    {
        _file = file;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["SLOW_SYNC_FILE"] = file };
    }

    /// <summary>What a process is started with, so that its syncs can be made slow.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Compiles the library into the directory; syncs are as quick as ever until told otherwise.</summary>
    public static SlowSync Build(string directory)
    {
        string source = Path.Combine(directory, "slow-sync.c"), library = Path.Combine(directory, "slow-sync.so");
        File.WriteAllText(source, Source);
        if (!OperatingSystem.IsLinux() || !Compile("-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"))
            Assert.Ignore("a slow disk is made with a library that 'cc' compiles and LD_PRELOAD loads: install a C compiler on Linux to test it");
        var slow = new SlowSync(library, Path.Combine(directory, "sync-ms"));
        slow.Takes(0);
        return slow;
    }

    /// <summary>From now on each sync takes so much longer, in milliseconds.</summary>
    public void Takes(int ms)
    {
        File.WriteAllText(_file + ".new", ms.ToString(CultureInfo.InvariantCulture));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private static bool Compile(params string[] args)
    {
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("cc", args) { RedirectStandardError = true })!;
            compiler.WaitForExit();
            return compiler.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
