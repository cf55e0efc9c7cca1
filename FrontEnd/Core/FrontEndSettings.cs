using JustHungry.Protocol.Ids;

namespace JustHungry.FrontEnd.Core;

/// <summary>What a front end is told at its start.</summary>
/// <param name="Own">Where users and operators reach it.</param>
/// <param name="MinReplicas">k of a group that has no view yet; a view carries its own.</param>
/// <param name="Attempts">How many times to look for a name server and k replicas before giving up at the start.</param>
/// <param name="IntervalMs">The time between two attempts.</param>
/// <param name="ExitsWhenShort">Whether a running front end ends when fewer than k replicas are left; otherwise it waits for more.</param>
internal sealed record FrontEndSettings(
    NameServerList NameServers, Endpoint Own, string Group, int MinReplicas = 2, int Attempts = 5, int IntervalMs = 10_000, bool ExitsWhenShort = true)
{
    public FrontEndLimits Limits { get; init; } = new();
}
