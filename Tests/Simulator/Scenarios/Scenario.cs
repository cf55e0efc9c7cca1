using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Scenarios;

/// <summary>One interleaving, played by hand, that an unsafe implementation of the rules would get wrong.</summary>
internal sealed record Scenario(string Name, Action Play)
{
    /// <summary>All of them. The names say what each proves.</summary>
    public static IReadOnlyList<Scenario> All { get; } = [.. Epochs.Scenarios, .. Changes.Scenarios, .. Logs.Scenarios, .. Barriers.Scenarios, .. Disks.Scenarios, .. Requests.Scenarios, .. Registers.Scenarios, .. Lineages.Scenarios];

    /// <summary>What went wrong; null if nothing did.</summary>
    public string? Run()
    {
        try
        {
            Play();
            return null;
        }
        catch (ViolationException e)
        {
            return e.Message;
        }
    }

    public override string ToString() => Name;

    /// <exception cref="ViolationException">The condition does not hold.</exception>
    public static void Expect(bool holds, string what, Stage stage)
    {
        if (!holds)
            throw new ViolationException($"{what}\n{stage.Story}");
    }
}
