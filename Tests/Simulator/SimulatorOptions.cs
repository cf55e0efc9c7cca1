using CommandLine;

namespace JustHungry.Simulator;

/// <summary>The simulator's command line.</summary>
internal sealed class SimulatorOptions
{
    [Option("seeds", MetaValue = "N", HelpText = "Run so many seeds, one after the other from --first on.")]
    public int? Seeds { get; init; }

    [Option("first", Default = 1ul, MetaValue = "S", HelpText = "The first of the seeds.")]
    public ulong First { get; init; } = 1;

    [Option("seed", MetaValue = "S", HelpText = "Run this seed alone.")]
    public ulong? Seed { get; init; }

    [Option("trace", HelpText = "With --seed: print what happened, line by line.")]
    public bool Trace { get; init; }

    [Option("scenarios", HelpText = "Play the interleavings that are written down, and no seeds.")]
    public bool Scenarios { get; init; }

    [Option("registers", MetaValue = "N", HelpText = "Run so many schedules of name servers that share an etcd, from --first on.")]
    public int? Registers { get; init; }

    [Option("exhaustive", MetaValue = "SCOPE", HelpText = "Try everything in a small scope (pair, handover, crash, look, three, join, twice, three-crash, wide), or in all.")]
    public string? Exhaustive { get; init; }

    [Option("seconds", Default = 300, MetaValue = "N", HelpText = "With --exhaustive: for so long at most, for each scope.")]
    public int Seconds { get; init; } = 300;

    [Option("stop", HelpText = "With --seeds: stop at the first violation.")]
    public bool Stop { get; init; }

    [Value(0, Hidden = true)]
    public IEnumerable<string> Extra { get; init; } = [];

    public bool IsValid =>
        !Extra.Any() && (Scenarios || Exhaustive is not null || Registers is > 0 ? Seeds is null && Seed is null : (Seeds is > 0) != Seed.HasValue) && (!Trace || Seed.HasValue);
}
