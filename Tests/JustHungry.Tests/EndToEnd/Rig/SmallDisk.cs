using System.Diagnostics;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>A file system of 2 MB. Needs the right to mount; without it the test is ignored and says so.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    public static SmallDisk Mount(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsLinux() || !Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path))
            Assert.Ignore("a full disk is made with 'mount -t tmpfs -o size=2m', which is refused here: run as root to test it");
        return new SmallDisk(path);
    }

    public void Dispose() => Run("umount", "--lazy", Path);

    private static bool Run(string program, params string[] args)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
