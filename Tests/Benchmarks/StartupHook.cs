using System.Diagnostics.CodeAnalysis;
using JustHungry.Benchmarks.Rig;

/// <summary>
/// Runs in each daemon before its Main (DOTNET_STARTUP_HOOKS, which wants this name outside any namespace): shows the runtime's counters to
/// the benchmark, so that daemons need no code for it.
/// </summary>
[SuppressMessage("Performance", "CA1812", Justification = "called by the runtime's host")]
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(RuntimeCounters.FileVariable) is { Length: > 0 } file)
            RuntimeCounters.Show(file);
    }
}
