using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Answers a primary whose barriers are held up: drops who holds them up if k stay, finds out when it is the primary itself that
/// is cut off, and gives up a join that stalls. A backup that says it is leaving is dropped at once. Owned by the core.
/// </summary>
internal sealed class DropMembers(ViewInForce inForce, LocateReplicas replicas, IFrontEndEvents events)
{
    /// <summary>The primary repeats MemberStalled every 500 ms while it lasts: two missed, and it is over.</summary>
    private const int StallOverMs = 1_250;

    /// <summary>A view that could not commit for so long gives way to one whose primary reaches k replicas, in milliseconds.</summary>
    private const int StuckMs = 2_000;

    /// <summary>Who was dropped or whose join stalled is not joined again for so long: else it would stall the next view too.</summary>
    private const int RejoinMs = 2_000;

    private Epoch _epoch;
    private IReadOnlyList<StalledMember> _stalled = [];
    private long _reportedMs;
    private long _since;

    public void Stalled(Now now, LocatedReplica from, in MemberStalled message)
    {
        if (inForce.View is not { } view || message.Epoch != view.Epoch || !view.IsPrimary(from.Member))
            return;

        if (_epoch != view.Epoch || _stalled.Count == 0)
        {
            _epoch = view.Epoch;
            _since = now.Ms;
            foreach (StalledMember stalled in message.Members.Where(m => m.Reason == StallReason.LostEntries))
                events.EntriesLost(view.Epoch, stalled.Member);
        }

        _reportedMs = now.Ms;
        _stalled = message.Members;
    }

    public ViewChange? Consider(Now now)
    {
        if (inForce.View is not { } view || replicas.PrimaryMember is not { } primary)
            return null;

        if (_epoch != view.Epoch || now.Ms - _reportedMs > StallOverMs)
            _stalled = [];
        return (_stalled.Count > 0 ? ConsiderStall(now, view, primary) : null) ?? ConsiderLeaving(now, view, primary);
    }

    private ViewChange? ConsiderStall(Now now, View view, Member primary)
    {
        Member[] stalled = [.. _stalled.Select(s => s.Member)];
        if (stalled.Contains(primary))
            return Succession.Promote(now, view, replicas, [primary], $"{primary}'s disk hangs");

        Member[] staying = [.. view.Members.Except(stalled)];
        if (staying.Length >= view.MinReplicas)
            return Keep(now, view, staying, stalled, "stalled");

        // Too few would stay. If those it blames answer us, the primary is the one that is cut off.
        Member[] blamed = [.. _stalled.Where(s => s.Reason != StallReason.LostEntries).Select(s => s.Member).Where(view.Members.Contains)];
        if (blamed.Count(m => replicas.FindAnswering(now, m) is not null) >= view.MinReplicas)
            return Succession.Promote(now, view, replicas, [primary], $"{primary} is cut off from its backups", r => blamed.Contains(r.Member));

        if (now.Ms - _since >= StuckMs && Succession.Promote(
                now, view, replicas, [primary], $"{primary} could not commit for {StuckMs} ms", r => r.Report!.Value.Reaches >= view.MinReplicas) is { } other)
            return other;

        // A spare must join before anybody can go; a joining one that stalls too is in the way of the next.
        return view.Joining is { } joining && stalled.Contains(joining) ? Keep(now, view, view.Members, [joining], "stalled") : null;
    }

    private ViewChange? ConsiderLeaving(Now now, View view, Member primary)
    {
        if (replicas.Find(primary)?.LeadsIn != view.Epoch)
            return null;

        Member[] leaving = [.. replicas.Replicas.Where(r => r.IsLeaving && r.Member != primary && view.IsRequired(r.Member)).Select(r => r.Member)];
        Member[] staying = [.. view.Members.Except(leaving)];
        return leaving.Length > 0 && staying.Length >= view.MinReplicas ? Keep(now, view, staying, leaving, "leaving") : null;
    }

    /// <summary>The same primary goes on with these members.</summary>
    private ViewChange Keep(Now now, View view, IReadOnlyList<Member> members, Member[] dropped, string why)
    {
        foreach (Member member in dropped)
        {
            if (replicas.Find(member) is { } replica)
                replica.JoinNotBeforeMs = now.Ms + RejoinMs;
        }

        return ViewChange.Promote(view, view.Primary, members, $"without {string.Join(' ', dropped)}, which {(dropped.Length == 1 ? "is" : "are")} {why}");
    }
}
