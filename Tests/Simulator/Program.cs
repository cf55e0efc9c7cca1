using CommandLine;
using CommandLine.Text;
using JustHungry.Simulator;
using JustHungry.Simulator.Exhaustive;
using JustHungry.Simulator.Scenarios;
using JustHungry.Simulator.SharedRegister;

const int Done = 0;
const int Violated = 1;
const int Usage = 2;

using var parser = new Parser(s => s.HelpWriter = null);
ParserResult<SimulatorOptions> parsed = parser.ParseArguments<SimulatorOptions>(args);
if (parsed.Value is not { IsValid: true } options)
{
    Console.Error.WriteLine(HelpText.AutoBuild(parsed, h => h, e => e, maxDisplayWidth: 100));
    Console.Error.WriteLine("Tests/Simulator: --seeds N [--first F] | --seed S [--trace] | --scenarios | --registers N [--first F] | --exhaustive SCOPE|all");
    return Usage;
}

if (options.Scenarios)
{
    List<(Scenario Scenario, string? Fault)> played = [.. Scenario.All.Select(s => (s, s.Run()))];
    foreach ((Scenario scenario, string? fault) in played.Where(p => p.Fault is not null))
        Console.WriteLine($"{scenario}: {fault}");
    int faults = played.Count(p => p.Fault is not null);
    Console.WriteLine($"{played.Count} scenarios, {faults} violations");
    return faults == 0 ? Done : Violated;
}

if (options.Registers is { } registers)
{
    RegisterCampaign campaign = RegisterCampaign.Run(options.First, registers);
    Console.WriteLine(campaign);
    return campaign.Violation is null ? Done : Violated;
}

if (options.Exhaustive is { } scope)
{
    bool holds = true;
    foreach (Scope one in Scope.All.Where(s => scope == "all" || s.Name == scope))
    {
        SearchResult result = new Search(one, int.MaxValue, TimeSpan.FromSeconds(options.Seconds)).Run();
        foreach (string line in result.Path)
            Console.WriteLine("  " + line);
        Console.WriteLine(result + (result.Violation is { } found ? ": " + found : ""));
        holds &= result.Violation is null;
        if (!holds)
            break;
    }

    return holds ? Done : Violated;
}

if (options.Seed is { } seed)
{
    Outcome outcome = Schedule.Run(seed, options.Trace);
    foreach (string line in outcome.Trace)
        Console.WriteLine(line);
    if (outcome.Violation is { } violation)
        Console.WriteLine($"seed {seed}: {violation}");
    Console.WriteLine($"1 schedules, {(outcome.Violation is null ? 0 : 1)} violations, {outcome.Updates} updates acknowledged, {outcome.Steps} events, trace hash {outcome.Hash:x16}");
    return outcome.Violation is null ? Done : Violated;
}

Summary summary = Campaign.Run(
    options.First, options.Seeds!.Value, options.Stop, outcome => Console.WriteLine($"seed {outcome.Seed}: {outcome.Violation}"));
Console.WriteLine($"rare branches: {summary.Rare}");
Console.WriteLine(summary);
return summary.Violations.Count == 0 ? Done : Violated;
