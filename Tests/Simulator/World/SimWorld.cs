using JustHungry.Simulator.Network;

namespace JustHungry.Simulator.World;

/// <summary>
/// One schedule's time, chance, trace and network, shared by everything simulated in it. Single-threaded; schedules share nothing.
/// </summary>
internal sealed class SimWorld
{
    /// <summary>2026-11-22T12:00:00Z, so that traces read like real logs.</summary>
    private const long StartUtcMs = 1_795_348_800_000;

    public SimWorld(ulong seed, bool keepLines)
    {
        Chance = new Chance(seed);
        Trace = new Trace(keepLines);
        Network = new SimNetwork(this);
    }

    public Chance Chance { get; }

    public Timeline Time { get; } = new();

    public Trace Trace { get; }

    public SimNetwork Network { get; }

    public long NowUs => Time.NowUs;

    public long UtcMs => StartUtcMs + (Time.NowUs / 1_000);

    /// <summary>Adds a line to the trace. The caller checks <see cref="Trace.KeepsLines"/> before it builds the text.</summary>
    public void Say(string who, string what) => Trace.Line(NowUs, who, what);
}
