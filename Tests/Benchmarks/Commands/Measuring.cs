using JustHungry.Benchmarks.Load;
using JustHungry.Benchmarks.Report;
using JustHungry.Benchmarks.Rig;

namespace JustHungry.Benchmarks.Commands;

/// <summary>One window of a running load, with what each process used meanwhile.</summary>
internal static class Measuring
{
    /// <param name="distribution">The file to which the whole distribution of the latencies is written; null for none.</param>
    public static async Task<Figures> WindowAsync(Shop shop, ClosedLoop load, string what, int users, double seconds, string? distribution = null)
    {
        string? primary = shop.Daemons.Any() ? await shop.PrimaryAsync().ConfigureAwait(false) : null;
        Daemon[] daemons = [.. shop.Daemons];
        ResourceUse[] before = [.. daemons.Select(d => d.Use())];
        TimeSpan ownBefore = Environment.CpuUsage.TotalTime;
        Window window = load.OpenWindow();
        await Progress.WaitAsync($"measuring {users} users", seconds).ConfigureAwait(false);
        Latencies latencies = window.Close();
        TimeSpan own = Environment.CpuUsage.TotalTime - ownBefore;
        List<ProcessFigures> processes = [.. daemons.Select((d, i) =>
            ProcessFigures.Between(d.Title == $"server {primary}" ? d.Title + " (primary)" : d.Title, before[i], d.Use(), latencies.Count))];
        processes.Add(new ProcessFigures("the load itself", own.TotalMicroseconds / Math.Max(1, latencies.Count), 0, 0, 0, 0, 0));
        if (distribution is not null)
        {
            using StreamWriter file = File.CreateText(distribution);
            latencies.WriteDistribution(file);
        }

        return Figures.Of(what, users, latencies, processes);
    }
}
