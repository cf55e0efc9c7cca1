using System.ComponentModel;
using System.Runtime.InteropServices;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>kill(2), which .NET does not offer.</summary>
internal static partial class ProcessSignals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Interrupt = 2;

    // These two differ between Linux and macOS.
    public static int Freeze => OperatingSystem.IsLinux() ? 19 : 17;

    public static int Thaw => OperatingSystem.IsLinux() ? 18 : 19;

    public static void Send(int processId, int signal)
    {
        if (SendSignal(processId, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill({processId}, {signal})");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
