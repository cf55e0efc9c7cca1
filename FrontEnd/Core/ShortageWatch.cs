using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Watches what a front end can't do without: a name server and k replicas at its start, and k replicas from then on. Owned by the core.
/// </summary>
internal sealed class ShortageWatch(
    FrontEndSettings settings, NameServerWatch nameServer, ViewInForce inForce, ReplicaDirectory replicas, Relay relay, IFrontEndEvents events)
{
    /// <summary>When fewer than k replicas answer for this long, it is a shortage and not a restart.</summary>
    private const int ShortMs = 2_000;

    /// <summary>The last attempt gets at least this long, since dialling and asking take time on a busy machine.</summary>
    private const int LastAttemptMs = 1_000;

    private long? _startedMs;
    private long? _shortSinceMs;
    private int _attempt = 1;

    /// <summary>The start is over: k replicas were found once.</summary>
    public bool HasStarted { get; private set; }

    public bool HasEnded { get; private set; }

    public void Tick(Now now)
    {
        if (HasEnded)
            return;

        int answering = replicas.CountAnswering(now);
        if (HasStarted)
            WatchShortage(now, answering);
        else if (nameServer.HasListed && answering >= inForce.MinReplicas)
            HasStarted = true;
        else
            KeepLooking(now, answering);
    }

    private void KeepLooking(Now now, int answering)
    {
        _startedMs ??= now.Ms;
        bool isLast = _attempt == settings.Attempts;
        if (now.Ms - _startedMs < ((long)_attempt * settings.IntervalMs) + (isLast ? Math.Max(0, LastAttemptMs - settings.IntervalMs) : 0))
            return;

        string lacking = nameServer.HasListed
            ? $"found {answering} of the {inForce.MinReplicas} servers that group {settings.Group} needs"
            : $"no name server at {settings.NameServers}";
        if (isLast)
            End(nameServer.HasListed
                ? $"ConnectionError: {lacking}, after {settings.Attempts} attempts. Start servers with 'server ID'."
                : $"NamingError: {lacking}, after {settings.Attempts} attempts. Start one with 'nameserver', or say where it is with --name-server H:P.");
        else
            events.StillLooking(_attempt++, settings.Attempts, lacking);
    }

    private void WatchShortage(Now now, int answering)
    {
        if (answering >= inForce.MinReplicas)
        {
            _shortSinceMs = null;
            relay.IsShort = false;
            return;
        }

        _shortSinceMs ??= now.Ms;
        if (relay.IsShort || now.Ms - _shortSinceMs < ShortMs)
            return;

        relay.IsShort = true;
        events.RunningShort(answering, inForce.MinReplicas);
        if (settings.ExitsWhenShort)
            End($"ConnectionError: {answering} of the {inForce.MinReplicas} servers that group {settings.Group} needs are left. This front end ends, as --when-short exit asks; --when-short wait stays up.");
        else
            relay.AnswerAllTooFew();
    }

    private void End(string message)
    {
        HasEnded = true;
        relay.IsShort = true;
        relay.AnswerAllTooFew();
        nameServer.RemoveNames();
        events.Ended(ExitCode.Refused, message);
    }
}
