using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Watches the primary of the view in force and says when another must be promoted. Promoting is always safe; it waits only so as not to
/// depose a primary that nobody but this front end has lost. Owned by the core.
/// </summary>
internal sealed class PromotionPolicy(ViewInForce inForce, ReplicaDirectory replicas, Succession succession, Blame blame, Func<UInt128> freshId)
{
    private const int JitterMs = 200;

    /// <summary>If this view's primary was never seen to lead: how long to wait for more members once k replicas answer.</summary>
    private const int ColdWaitMs = 2_000;

    /// <summary>
    /// The time that a primary gets to adopt the view that names it; if it takes longer, its disk hangs. Doubled each time that this
    /// happens.
    /// </summary>
    private readonly DoublingWait _adoptWait = new(Timing.ViewPatienceMs, Timing.ViewPatienceMaxMs, Timing.ViewCalmMs);

    private Epoch _epoch;
    private bool _hasLed;
    private bool _hangs;
    private long _viewSinceMs;
    private long? _suspectSinceMs;
    private long? _behindSinceMs;
    private long? _enoughSinceMs;
    private Epoch _deposed;
    private int _depositions;
    private int _jitterMs;
    private long _askedMs;

    /// <summary>
    /// How long to wait while a member still hears the primary, since this front end's own link may be the bad one. Doubled with each
    /// primary that was deposed although a member heard it, so that two front ends don't depose each other's choice for ever.
    /// </summary>
    private long HeardWaitNowMs => Math.Min(Timing.ViewPatienceMs << Math.Min(_depositions, 3), Timing.ViewPatienceMaxMs) + (_depositions > 0 ? _jitterMs : 0);

    /// <summary>The primary answers and leads in the view in force.</summary>
    public bool HearsPrimary(Now now) => Judge(now, replicas.Primary) == Judgement.Leads;

    private enum Judgement
    {
        Leads,

        /// <summary>It has not adopted the view yet.</summary>
        Behind,
        Silent,

        /// <summary>
        /// It has adopted this view, or a later one, and does not lead. Usually it was restarted: then it waits to be promoted again.
        /// </summary>
        NeverLeads,
    }

    public ViewChange? Consider(Now now)
    {
        if (inForce.View is not { } view || replicas.PrimaryMember is not { } member)
            return null;

        if (view.Epoch != _epoch)
            BeginView(now, view.Epoch);
        WatchNumbers(now, view);

        LocatedReplica? primary = replicas.Primary;
        Judgement judgement = Judge(now, primary);
        if (judgement == Judgement.Behind && Hangs(now, view, primary!))
            return ConsiderDead(now, view, member, isCertain: true, mayReturn: false);

        switch (judgement)
        {
            case Judgement.Leads:
                _hasLed = true;
                _suspectSinceMs = null;
                _behindSinceMs = null;
                return primary!.IsResigning ? succession.Promote(now, view, [member], $"{member} is stopping") : null;
            case Judgement.Behind:
                _suspectSinceMs = null;
                return null;
            case Judgement.Silent: // its time to adopt the view runs on: it may be silent only now and then
                return ConsiderDead(now, view, member, isCertain: false, mayReturn: false);
            default: // restarted: it may be promoted again, like any other member
                return ConsiderDead(now, view, member, isCertain: true, mayReturn: true);
        }
    }

    /// <summary>
    /// The primary has had its time to adopt the view and has not done so: its disk hangs. The time starts over when its log grows: the
    /// disk is merely slow, the adoption comes next, and another primary would have to write that too.
    /// </summary>
    private bool Hangs(Now now, View view, LocatedReplica primary)
    {
        _behindSinceMs ??= now.Ms;
        int waitMs = _adoptWait.NextMs(now);
        long sinceMs = _behindSinceMs.Value; // the doubled waits are long enough for a slow disk: no second start
        if (waitMs == Timing.ViewPatienceMs)
            sinceMs = Math.Clamp(primary.MovedMs, sinceMs, sinceMs + waitMs);
        if (_hangs || now.Ms - sinceMs < waitMs)
            return _hangs;

        _hangs = true;
        _adoptWait.Begin(now);
        blame.Put(now, primary.Member, StallReason.Silent, view.Epoch);
        return true;
    }

    private ViewChange? ConsiderDead(Now now, View view, Member primary, bool isCertain, bool mayReturn)
    {
        if (_suspectSinceMs is null)
        {
            _suspectSinceMs = now.Ms;
            _askedMs = long.MinValue;
            _jitterMs = (int)(freshId() % JitterMs);
        }

        long waitedMs = now.Ms - _suspectSinceMs.Value;
        AskMembers(now, waitedMs);
        bool isHeard = !isCertain && view.Members.Any(m => m != primary && Hears(now, m, view.Epoch));
        if (isHeard && waitedMs < HeardWaitNowMs)
            return null;
        if (replicas.CountAnswering(now) < view.MinReplicas || !HaveMembersAnswered(now, view, primary, isCertain))
            return null;

        if (isHeard && _deposed != view.Epoch)
        {
            _deposed = view.Epoch;
            _depositions++;
        }

        string reason = isHeard ? $"{primary} is out of reach for {waitedMs} ms" : isCertain ? $"{primary} does not lead" : $"{primary} is silent";
        return succession.Promote(now, view, mayReturn ? [] : [primary], reason);
    }

    /// <summary>Each member has answered a question that was sent after the suspicion began, or has had its time to answer.</summary>
    private bool HaveMembersAnswered(Now now, View view, Member primary, bool isCertain)
    {
        if (!_hasLed && view.Members.Any(m => replicas.FindAnswering(now, m) is null) && !(now.Ms - _enoughSinceMs >= ColdWaitMs))
            return false;
        if (isCertain || now.Ms - _suspectSinceMs >= Timing.SilenceMs)
            return true;

        // A view whose primary was not seen to lead yet gets that time as well: its members may not have heard it yet either.
        return _hasLed && view.Members.Where(m => m != primary).All(m =>
            replicas.Find(m) is not { IsOpen: true } replica || (replica.Report is not null && replica.ReportAskedMs >= _suspectSinceMs));
    }

    /// <summary>Keeps asking the members, since they may notice a moment later than we do that the primary is gone.</summary>
    private void AskMembers(Now now, long waitedMs)
    {
        if (waitedMs > Timing.ViewPatienceMaxMs || (_askedMs != long.MinValue && now.Ms - _askedMs < Timing.TickMs))
            return;

        _askedMs = now.Ms;
        replicas.AskAll(now);
    }

    private bool Hears(Now now, Member member, Epoch epoch) =>
        replicas.FindAnswering(now, member) is { Report: { HearsPrimary: true } report } && report.Adopted == epoch;

    private Judgement Judge(Now now, LocatedReplica? primary)
    {
        if (primary is null || !ReplicaDirectory.IsAnswering(now, primary))
            return Judgement.Silent;

        Epoch epoch = inForce.Epoch;
        return primary.LeadsIn == epoch ? Judgement.Leads : primary.Adopted < epoch ? Judgement.Behind : Judgement.NeverLeads;
    }

    private void BeginView(Now now, Epoch epoch)
    {
        if (now.Ms - _viewSinceMs > Timing.ViewCalmMs)
            _depositions = 0;
        _epoch = epoch;
        _hasLed = false;
        _hangs = false;
        _viewSinceMs = now.Ms;
        _suspectSinceMs = null;
        _behindSinceMs = null;
    }

    /// <summary>Notes since when k replicas, spares included, have answered, at least one of them a member.</summary>
    private void WatchNumbers(Now now, View view)
    {
        bool isEnough = replicas.CountAnswering(now) >= view.MinReplicas && view.Members.Any(m => replicas.FindAnswering(now, m) is not null);
        _enoughSinceMs = isEnough ? _enoughSinceMs ?? now.Ms : null;
    }
}
