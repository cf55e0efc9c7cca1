using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>
/// Starts a program that can be interrupted. A script that runs the tests with <c>&amp;</c> has them ignore SIGINT, and so would whatever they
/// start: rightly, since a background job must survive the ctrl-C that is meant for another. Here the program is the one in front.
/// </summary>
internal static partial class ForegroundProcess
{
    private const int SigInt = 2;
    private const nint Default = 0;
    private const string IgnoredSignals = "SigIgn:";

    private static readonly Lock OneAtATime = new();

    public static Process Start(ProcessStartInfo start)
    {
        lock (OneAtATime)
        {
            if (!IsInterruptIgnored())
                return Process.Start(start)!;

            nint ignore = SetHandler(SigInt, Default); // inherited by the program
            try
            {
                return Process.Start(start)!;
            }
            finally
            {
                _ = SetHandler(SigInt, ignore);
            }
        }
    }

    private static bool IsInterruptIgnored()
    {
        if (!OperatingSystem.IsLinux())
            return false;

        string line = File.ReadLines("/proc/self/status").Single(l => l.StartsWith(IgnoredSignals, StringComparison.Ordinal));
        ulong mask = ulong.Parse(line.AsSpan(IgnoredSignals.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (mask & (1ul << (SigInt - 1))) != 0;
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);
}
