using System.Diagnostics;
using System.Globalization;
using JustHungry.Simulator.Checks;

namespace JustHungry.Simulator;

/// <summary>Runs many seeds, on all processors: schedules share nothing.</summary>
internal static class Campaign
{
    /// <summary>Every hundredth seed is run twice: equal trace hashes show that nothing but the seed decides.</summary>
    private const int TwiceOneIn = 100;

    public static Summary Run(ulong first, int seeds, bool stops = false, Action<Outcome>? violated = null)
    {
        var watch = Stopwatch.StartNew();
        var violations = new List<Outcome>();
        int schedules = 0;
        var rare = new RareCounts();
        long steps = 0, updates = 0, views = 0;
        Lock results = new();
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (i, loop) =>
        {
            ulong seed = first + (ulong)i;
            Outcome outcome = Schedule.Run(seed, keepLines: false);
            if (seed % TwiceOneIn == 0 && Schedule.Run(seed, keepLines: false).Hash != outcome.Hash)
                outcome = outcome with { Violation = $"run twice, seed {seed} took two courses" };
            lock (results)
            {
                schedules++;
                steps += outcome.Steps;
                updates += outcome.Updates;
                views += outcome.Views;
                rare.Add(outcome.Rare);
                if (outcome.Violation is null)
                    return;
                violations.Add(outcome);
                violated?.Invoke(outcome);
                if (stops)
                    loop.Stop();
            }
        });
        violations.Sort((a, b) => a.Seed.CompareTo(b.Seed));
        return new Summary(schedules, violations, steps, updates, views, rare, watch.Elapsed);
    }
}

/// <summary>The result of many seeds.</summary>
internal sealed record Summary(int Schedules, IReadOnlyList<Outcome> Violations, long Steps, long Updates, long Views, RareCounts Rare, TimeSpan Took)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Schedules} schedules, {Violations.Count} violations, {Updates} updates acknowledged, {Views} views, {Steps} events, {Took.TotalSeconds:0.0} s");
}
