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
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <time.h>
        #include <unistd.h>

        typedef void *(*lookup)(void *, const char *);

        /* dlsym itself is replaced below: .NET finds fdatasync by it, in libc and nowhere else. */
        static lookup real_dlsym(void)
        {
            static lookup found;
            const char *versions[] = { "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5" };
            for (int i = 0; !found && i < 3; i++)
                found = (lookup)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
            return found;
        }

        static int slowly(const char *name, int fd)
        {
            const char *path = getenv("SLOW_SYNC_FILE");
            FILE *file = fopen(path, "r");
            long ms = 0;
            if (file)
            {
                if (fscanf(file, "%ld", &ms) != 1)
                    ms = 0;
                fclose(file);
            }

            if (ms > 0)
            {
                char counted[4096];
                snprintf(counted, sizeof counted, "%s.count", path);
                int count = open(counted, O_WRONLY | O_CREAT | O_APPEND, 0600);
                struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
                if (write(count, ".", 1) != 1)
                    abort();
                close(count);
                while (nanosleep(&wait, &wait) != 0)
                    ;
            }

            return ((int (*)(int))real_dlsym()(RTLD_NEXT, name))(fd);
        }

        int fsync(int fd) { return slowly("fsync", fd); }
        int fdatasync(int fd) { return slowly("fdatasync", fd); }

        void *dlsym(void *library, const char *name)
        {
            return strcmp(name, "fsync") == 0 ? (void *)fsync : strcmp(name, "fdatasync") == 0 ? (void *)fdatasync : real_dlsym()(library, name);
        }
        """;

    private readonly string _file;

    private SlowSync(string library, string file)
    {
        _file = file;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["SLOW_SYNC_FILE"] = file };
    }

    /// <summary>What a process is started with, so that its syncs can be made slow.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>How many syncs it has made slow.</summary>
    public long Delayed => File.Exists(_file + ".count") ? new FileInfo(_file + ".count").Length : 0;

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
