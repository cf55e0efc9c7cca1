using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>What a primary says of its followers.</summary>
internal sealed partial class Followers
{
    public int CountHeard(Now now) => _followers.Values.Count(f => f.IsRequired && IsHeard(now, f));

    /// <summary>How many entries each follower is not proved to hold yet.</summary>
    public List<(ReplicaId Follower, ulong Lag)> Lags() =>
        [.. _followers.Values.Select(f => (f.Member.Id, _replica.Log.Last.Index.Value - Math.Min(f.Match.Value, _replica.Log.Last.Index.Value)))];

    /// <param name="isNeeded">Nothing commits without another member: a slow one is better than none, if there is no prompt one.</param>
    public List<SpareReport> ReportSpares(Now now, bool isNeeded)
    {
        List<Follower> spares = [.. _followers.Values.Where(f => !f.IsMember)];
        bool takesSlow = isNeeded && !spares.Exists(f => IsNearlyLevel(f) && IsPrompt(now, f));
        bool isOpen = isNeeded || IsSettled(now);
        return [.. spares.Select(f => new SpareReport(
            f.Member, isOpen && IsNearlyLevel(f) && (takesSlow || IsPrompt(now, f)), AckedViewStarted: f.Match >= _viewStarted))];
    }

    /// <summary>
    /// Each Join begins a new epoch, in which the members write and ack all over again what they have not committed in this one. So those
    /// whose disks are slow get some time to commit first.
    /// </summary>
    private bool IsSettled(Now now) => _replica.Log.Commit >= _viewStarted || now.Ms - _beganMs >= Timing.SettleMs;

    private bool IsPrompt(Now now, Follower follower) => follower.IsPrompt(now, _replica.Options.StallMs);

    /// <summary>Those that hold up a barrier, or can't be reached, for too long.</summary>
    public List<StalledMember> FindStalled(Now now, Barrier? late)
    {
        List<StalledMember> stalled = [];
        foreach ((_, Follower follower) in _followers)
        {
            if (!follower.IsRequired)
                continue;

            bool isConnected = follower.State is StreamState.Probing or StreamState.Streaming or StreamState.Transferring;
            bool isSilent = follower.Heard.SilentMs(now) >= _replica.Options.StallMs;
            if (follower.State == StreamState.Broken)
                stalled.Add(new StalledMember(follower.Member, StallReason.LostEntries));
            else if (!isConnected && isSilent)
                stalled.Add(new StalledMember(follower.Member, StallReason.Disconnected));
            else if (late is { } barrier && (follower.Match < barrier.Index || follower.Echoed < barrier.Round))
                stalled.Add(new StalledMember(follower.Member, StallReason.Silent));
        }

        return stalled;
    }

    /// <summary>It lacks little, and has fsynced something in this epoch.</summary>
    private bool IsNearlyLevel(Follower follower) =>
        follower.State == StreamState.Streaming && follower.Match >= _replica.Log.Base.Index && follower.Match >= _viewStarted &&
        follower.Match + _replica.Options.NearlyLevelEntries >= _replica.Log.Last.Index;
}
