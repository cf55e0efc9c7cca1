using JustHungry.Protocol.Ids;

namespace JustHungry.FrontEnd.Core;

/// <summary>What a front end is told at its start.</summary>
/// <param name="Own">Where users and operators reach it.</param>
/// <param name="MinReplicas">k of a group that has no view yet; a view carries its own.</param>
/// <param name="Attempts">How often to look for a name server and k replicas before giving up at the start.</param>
/// <param name="IntervalMs">Between two attempts, in milliseconds.</param>
/// <param name="ExitsWhenShort">While running, fewer than k replicas end the front end; otherwise it waits for more.</param>
internal sealed record FrontEndSettings(
    Endpoint NameServer, Endpoint Own, string Group, int MinReplicas = 2, int Attempts = 5, int IntervalMs = 10_000, bool ExitsWhenShort = true);
