using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Decides what to do when a primary reports that its barriers are held up: drops the members that hold them up if k others stay,
/// recognises when it is the primary itself that is cut off, and gives up a join that stalls. While barriers complete, however slowly, a
/// primary stays unless another would do better. A backup that says it is leaving is dropped at once if k others stay. Owned by the core.
/// </summary>
internal sealed class DropPolicy(
    ViewInForce inForce, ReplicaDirectory replicas, Relay relay, Succession succession, Blame blame, IFrontEndEvents events)
{
    /// <summary>After this long without a completed barrier, a member that reaches k replicas is promoted.</summary>
    private readonly DoublingWait _stuckWait = new(Timing.ViewPatienceMs, Timing.ViewPatienceMaxMs, Timing.ViewCalmMs);

    /// <summary>Whatever can be dropped is dropped within this time: what holds up the barriers for longer is worth telling people of.</summary>
    private const int WorthTellingMs = Timing.SlowDisksMs;

    private readonly List<Member> _slow = [];
    private View? _previous;
    private Epoch _epoch;
    private IReadOnlyList<StalledMember> _stalled = [];
    private long _reportedMs;
    private long _since;

    /// <summary>When the primary last reported that its own disk holds it up.</summary>
    private long? _ownDiskMs;

    public void Stalled(Now now, LocatedReplica from, in MemberStalled message)
    {
        if (inForce.View is not { } view)
            return;
        if (message.Epoch == _previous?.Epoch && _previous.IsPrimary(from.Member))
            PutBlame(now, _previous, view, message.Members); // a slow link: another front end has already acted on it
        if (message.Epoch != view.Epoch || !view.IsPrimary(from.Member))
            return;

        if (_epoch != view.Epoch || _stalled.Count == 0)
        {
            _epoch = view.Epoch;
            _since = now.Ms;
            _ownDiskMs = null;
            _slow.Clear();
            foreach (StalledMember stalled in message.Members.Where(m => m.Reason == StallReason.LostEntries))
                events.EntriesLost(view.Epoch, stalled.Member);
        }

        _reportedMs = now.Ms;
        _stalled = message.Members;
        if (_stalled.Any(s => s.Member == from.Member))
            _ownDiskMs = now.Ms;
        relay.ProveProgress();
        foreach (StalledMember stalled in _stalled)
            JudgeSlow(now, view, from, stalled.Member);
    }

    /// <summary>Blames the change on every replica that a report named and that the next view deposes or does without.</summary>
    public void ViewChanged(Now now, View previous, View view)
    {
        _previous = previous;
        if (_epoch != previous.Epoch || _stalled.Count == 0 || view.DataLoss != previous.DataLoss)
            return;

        PutBlame(now, previous, view, _stalled);
        if (view.Primary != previous.Primary)
            _stuckWait.Begin(now);
    }

    private void PutBlame(Now now, View previous, View view, IReadOnlyList<StalledMember> reported)
    {
        foreach (StalledMember stalled in reported)
        {
            bool isDeposed = previous.IsPrimary(stalled.Member) && !view.IsPrimary(stalled.Member);
            if (view.DataLoss == previous.DataLoss && (isDeposed || !view.IsRequired(stalled.Member)))
                blame.Put(now, stalled.Member, stalled.Reason, previous.Epoch);
        }
    }

    /// <summary>Whom the primary reports to hold up its barriers, if none has completed for some time.</summary>
    public IReadOnlyList<Member> HeldUpBy(Now now) =>
        _epoch == inForce.Epoch && now.Ms - _reportedMs <= Timing.StallOverMs && now.Ms - Math.Max(_since, relay.BarrierCompletedMs ?? _since) >= WorthTellingMs
            ? [.. _stalled.Select(s => s.Member)]
            : [];

    public ViewChange? Consider(Now now)
    {
        if (inForce.View is not { } view || replicas.PrimaryMember is not { } primary)
            return null;

        if (_epoch != view.Epoch || now.Ms - _reportedMs > Timing.StallOverMs)
            _stalled = [];
        return (_stalled.Count > 0 ? ConsiderStall(now, view, primary) : null) ?? ConsiderLeaving(now, view, primary);
    }

    /// <summary>Whether a spare is needed: the view has fewer than k members, or would have without those that stall.</summary>
    public bool NeedsSpare(View view) =>
        view.Members.Count < view.MinReplicas || (_epoch == view.Epoch && _stalled.Count > 0 && Staying(view).Length < view.MinReplicas);

    private ViewChange? ConsiderStall(Now now, View view, Member primary)
    {
        Member[] stalled = [.. _stalled.Select(s => s.Member)];
        Member[] staying = Staying(view);
        long completedMs = Math.Max(_since, relay.BarrierCompletedMs ?? _since);

        // If only disks hold it up: while the primary's own disk still completes writes, no other primary would do better.
        if (stalled.Contains(primary) && replicas.Find(primary) is { } leader && stalled.All(m => m == primary || _slow.Contains(m)))
            completedMs = Math.Max(completedMs, leader.MovedMs);

        bool isStuck = now.Ms - completedMs >= _stuckWait.NextMs(now);
        if (stalled.Contains(primary))
            return staying.Length >= view.MinReplicas || isStuck ? ReplacePrimary(now, view, primary, stalled, isStuck, now.Ms - completedMs >= Timing.SlowDisksMs) : null;

        // If the primary's own disk is as slow and has only now ended a sync, then without the other slow ones users would wait no less; and
        // the view change would cost them its writes.
        bool areMerelySlow = stalled.All(_slow.Contains) && _stalled.All(s => s.Reason == StallReason.Silent);
        if (areMerelySlow && completedMs > _since && !isStuck && now.Ms - _ownDiskMs <= Timing.StallOverMs)
            return null;
        if (staying.Length >= view.MinReplicas)
            return Keep(view, staying, stalled, "stalled");

        // Too few would stay. If those that it blames answer us and are not slow themselves, then their acks do not reach it: the primary
        // is the one that is cut off. Once a barrier has completed that does not follow, since they may just have caught up for a moment
        // between two slow rounds.
        Member[] blamed = [.. _stalled.Where(s => s.Reason != StallReason.LostEntries).Select(s => s.Member).Where(m => view.IsMember(m) && !_slow.Contains(m))];
        if ((isStuck || completedMs == _since) && blamed.Count(m => replicas.FindAnswering(now, m) is not null) >= view.MinReplicas)
            return succession.Promote(now, view, [primary], $"{primary} is cut off from its backups", r => blamed.Contains(r.Member));

        if (isStuck && succession.Promote(
                now, view, [primary], $"{primary} could not commit for {_stuckWait.NextMs(now)} ms",
                r => r.Report!.Value.Reaches >= view.MinReplicas && !_slow.Contains(r.Member)) is { } other)
            return other;

        // A spare must join before anybody can be dropped. A joining replica that stalls too keeps the next one from joining; but if only
        // its disk is slow, it gets time for its first acks, since the next one may be no better.
        return view.Joining is { } joining && stalled.Contains(joining) && (isStuck || !_slow.Contains(joining)) ? Keep(view, view.Members, [joining], "stalled") : null;
    }

    /// <summary>
    /// The primary's own disk holds up the barriers. Its successor is not a member that it blames too, nor, unless nothing completes at
    /// all, one that has just caused a view change: otherwise two slow disks would depose each other for ever.
    /// </summary>
    /// <param name="isAnyBetter">Nothing has completed for so long that even a member it blames may take its place.</param>
    private ViewChange? ReplacePrimary(Now now, View view, Member primary, Member[] stalled, bool isStuck, bool isAnyBetter)
    {
        string reason = $"{primary}'s disk hangs";
        return succession.Promote(now, view, [.. stalled.Except([primary]), primary], reason, r => isStuck || !blame.IsOn(now, r.Member))
            ?? (isStuck && isAnyBetter ? succession.Promote(now, view, [primary], reason) : null);
    }

    private ViewChange? ConsiderLeaving(Now now, View view, Member primary)
    {
        if (replicas.Find(primary)?.LeadsIn != view.Epoch)
            return null;

        Member[] leaving = [.. replicas.Replicas.Where(r => r.IsLeaving && r.Member != primary && view.IsRequired(r.Member)).Select(r => r.Member)];
        Member[] staying = [.. view.Members.Except(leaving)];
        return leaving.Length > 0 && staying.Length >= view.MinReplicas ? Keep(view, staying, leaving, "leaving") : null;
    }

    private Member[] Staying(View view) => [.. view.Members.Except(_stalled.Select(s => s.Member))];

    /// <summary>
    /// Notes whether a stalled member is slow itself. If it hears the primary and yet has less on its disk, then its disk or process
    /// holds it up, not the link, and promoting it would not help.
    /// </summary>
    private void JudgeSlow(Now now, View view, LocatedReplica primary, Member member)
    {
        if (member == primary.Member || replicas.FindAnswering(now, member)?.Report is not { } report || primary.Report is not { } leading)
            return;

        bool isLevel = report.Adopted == view.Epoch && report.Last.CompareTo(leading.Last) >= 0;
        _slow.Remove(member);
        if (report.HearsPrimary && !isLevel)
            _slow.Add(member);
    }

    /// <summary>The next view, with the same primary and these members.</summary>
    private static ViewChange Keep(View view, IReadOnlyList<Member> members, Member[] dropped, string why) =>
        ViewChange.Promote(view, view.Primary, members, $"without {string.Join(' ', dropped)}, which {(dropped.Length == 1 ? "is" : "are")} {why}");
}
