using System.Diagnostics.CodeAnalysis;
using JustHungry.Benchmarks.Rig;

/// <summary>
/// Runs in each daemon before its Main (DOTNET_STARTUP_HOOKS, which requires this class name, outside any namespace). Shows the runtime's
/// counters to the benchmark, so that the daemons need no code for that.
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
