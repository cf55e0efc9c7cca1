using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Shop;
using MessagePack;

namespace JustHungry.Server.Replication;

/// <summary>
/// The primary of one epoch: executes requests, gathers their entries into batches, sends the batches to its followers and its own disk at
/// the same time, and answers barriers when every required replica has what they cover. Created in the step whose fsync adopts the epoch;
/// ends for good when this replica hears of a later epoch. Owned by the core.
/// </summary>
internal sealed class Leading
{
    private readonly ReplicaContext _replica;
    private readonly IReplicaHost _host;
    private readonly Followers _followers;
    private readonly Barriers _barriers = new();
    private readonly EntryIndex _viewStarted;
    private readonly ArrayBufferWriter<byte> _open = new(64 * 1024);
    private readonly OrderedDictionary<ulong, AwaitedPostcode> _awaited = [];
    private readonly Queue<LogBatch> _uncommitted = new();
    private int _openCount;
    private ReplyNumber _lastReply;
    private long _uncommittedBytes;
    private long _stallReportedMs;

    public Leading(Now now, View view, ReplicaContext replica, IReplicaHost host)
    {
        _replica = replica;
        _host = host;
        View = view;

        // All of this happens at every adoption, even if this replica was primary before: an ack from another epoch proves nothing in this
        // one.
        replica.Shop.ApplyUpTo(replica.Log, replica.Log.Last.Index);
        replica.Shop.State!.Limits = replica.Options.Shop;
        if (!replica.Shop.State.IsOpen)
            AppendEntry(host.OpenShop());
        else if (host.ResetOwnerKey(replica.Shop.State.OwnerKey) is { } key)
            AppendEntry(key);
        var started = new ArrayBufferWriter<byte>();
        new EffectWriter(started).ViewStarted(view.Epoch);
        AppendEntry(started.WrittenMemory);
        _viewStarted = LastIndex;
        _followers = new Followers(now, view, replica, _viewStarted);
        replica.Events.Leads(view.Epoch, LastIndex);
    }

    public View View { get; }

    public Epoch Epoch => View.Epoch;

    public Followers Followers => _followers;

    /// <summary>Sends a report to every front end.</summary>
    public Action<MemberStalled>? Stalled { get; init; }

    /// <summary>The last entry, including those of the open batch.</summary>
    private EntryIndex LastIndex => _replica.Log.Last.Index + _openCount;

    /// <summary>How many replicas of the view answer this primary, itself included.</summary>
    public int Reaches(Now now) => 1 + _followers.CountHeard(now);

    public IReadOnlyList<SpareReport> Spares(Now now) => _followers.ReportSpares(now, NeedsSpare(now));

    public void Execute(Now now, ConnectionId from, ulong correlation, in UserRequest request) =>
        Execute(now, from, correlation, request, PostcodeVerdict.NotAsked);

    public void PostcodeAnswered(Now now, ulong token, PostcodeVerdict verdict)
    {
        if (!_awaited.Remove(token, out AwaitedPostcode? awaited))
            return;

        UserRequest request = awaited.Request with { Body = new ReadOnlySequence<byte>(awaited.Body) };
        Execute(now, awaited.From, awaited.Correlation, request, verdict);
    }

    /// <summary>Answers once every reply made so far is safe.</summary>
    public void PropagateBackup(Now now, ConnectionId from, ulong correlation)
    {
        if (_barriers.Count >= _replica.Options.BarriersMax)
            RefuseOverloaded(from, correlation, RareBranch.BarriersFull);
        else
            _barriers.Add(new Barrier(from, correlation, _lastReply, LastIndex, Round.None, now.Ms));
    }

    /// <summary>
    /// Sends the open batch, unless this replica's disk is writing. Then the batch keeps growing, so that all the requests that come
    /// meanwhile share one fsync and one frame; nothing waits for a timer.
    /// </summary>
    public void BatchEnded(Now now)
    {
        if (_openCount > 0 ? !_replica.Log.IsWriting : _barriers.NeedRound)
            BeginRound(now);
        Progress();
    }

    public void Tick(Now now)
    {
        _followers.Tick(now);
        ReportStalled(now);
        Progress();
    }

    /// <summary>Our disk or a follower has made progress: commit, and answer the barriers which that completes.</summary>
    public void Progress()
    {
        if (View.Members.Count < View.MinReplicas)
            return; // after an unclean promotion nothing commits until enough spares are admitted

        EntryIndex safe = EntryIndex.Min(_replica.Log.Durable.Index, _followers.SafeIndex());
        _replica.Log.RaiseCommit(EntryIndex.Min(safe, _replica.Log.Last.Index));
        while (_uncommitted.TryPeek(out LogBatch? batch) && batch.Last <= _replica.Log.Commit)
            _uncommittedBytes -= _uncommitted.Dequeue().Entries.Length;
        Round echoed = _followers.EchoedRound();
        while (_barriers.TryComplete(safe, echoed, out Barrier barrier))
            _replica.Network.Send(barrier.Connection, barrier.Correlation, new Propagated(Epoch, barrier.Number));
    }

    /// <summary>Ends leading in this epoch, and tells every waiting peer of the later view.</summary>
    public void StepDown(View later)
    {
        CloseBatch(); // everything applied must be in the log, so that a replica that stays primary need not reload
        foreach (Barrier barrier in _barriers.TakeAll())
            _replica.Network.Send(barrier.Connection, barrier.Correlation, new Refused(Refusal.OldEpoch, later));
        foreach ((_, AwaitedPostcode awaited) in _awaited)
            _replica.Network.Send(awaited.From, awaited.Correlation, new Refused(Refusal.OldEpoch, later));
        _followers.Close();
        _replica.Events.SteppedDown(Epoch, later.Epoch);
    }

    private void Execute(Now now, ConnectionId from, ulong correlation, in UserRequest request, PostcodeVerdict postcode)
    {
        bool isUnsentFull = !request.Kind.IsUpdate() && _replica.Network.Unsent(from) > _replica.Options.UnsentAnswersMax;
        if (isUnsentFull || _uncommittedBytes > _replica.Options.UncommittedBytesMax)
        {
            RefuseOverloaded(from, correlation, isUnsentFull ? RareBranch.UnsentFull : RareBranch.UncommittedFull);
            return;
        }

        Execution decided = _replica.Shop.State!.Execute(request, postcode, now.UtcSeconds);
        if (decided.Result == ExecutionResult.NeedsPostcode)
        {
            AskPostcode(from, correlation, request, decided.Postcode!);
            return;
        }

        if (decided.Result == ExecutionResult.Entry)
        {
            if (_open.WrittenCount > 0 && _open.WrittenCount + decided.Effects.Length > _replica.Options.BatchBytesMax)
                BeginRound(now);
            AppendEntry(decided.Effects);
        }

        _lastReply = _lastReply.Next;
        _replica.Network.Send(from, correlation, new Executed(Epoch, _lastReply, new ReadOnlySequence<byte>(decided.Answer)));
    }

    private void RefuseOverloaded(ConnectionId from, ulong correlation, RareBranch full)
    {
        Rare.Reached(full);
        _replica.Network.Send(from, correlation, new Refused(Refusal.Overloaded, null));
    }

    private void AskPostcode(ConnectionId from, ulong correlation, in UserRequest request, string postcode)
    {
        if (_awaited.Count >= _replica.Options.LookUpsMax)
        {
            RefuseOverloaded(from, correlation, RareBranch.LookUpsFull);
            return;
        }

        ulong token = _replica.LookUps.Next();
        _awaited.Add(token, new AwaitedPostcode(from, correlation, request, request.Body.ToArray()));
        _host.LookUpPostcode(token, postcode);
    }

    /// <summary>Appends to the open batch and applies at once: later requests see the entry, and their barriers cover it.</summary>
    private void AppendEntry(ReadOnlyMemory<byte> effects)
    {
        var writer = new MessagePackWriter(_open);
        writer.Write(effects.Span);
        writer.Flush();
        _openCount++;
        _replica.Shop.ApplyNext(new ReadOnlySequence<byte>(effects));
    }

    /// <summary>Sends the open batch to every follower, with a new round.</summary>
    private void BeginRound(Now now)
    {
        CloseBatch();
        _barriers.RoundBegins(_followers.BeginRound(now));
    }

    /// <summary>Makes the open batch, if there is one, the end of the log.</summary>
    private void CloseBatch()
    {
        if (_openCount == 0)
            return;

        var batch = LogBatch.Create(_replica.Log.Last.Index.Next, _openCount, Epoch, _open.WrittenSpan.ToArray());
        _open.ResetWrittenCount();
        _openCount = 0;
        _replica.Log.Append(batch);
        _uncommitted.Enqueue(batch);
        _uncommittedBytes += batch.Entries.Length;
    }

    /// <summary>
    /// Reports the members that have held up the oldest barrier, or been silent, for too long. Repeats the report until there is a later
    /// view.
    /// </summary>
    private void ReportStalled(Now now)
    {
        int stallMs = _replica.Options.StallMs;
        if (now.Ms - _stallReportedMs < stallMs)
            return;

        Barrier? late = _barriers.Oldest is { } oldest && now.Ms - oldest.CameMs >= stallMs ? oldest : null;
        List<StalledMember> stalled = _followers.FindStalled(now, late is { HasRound: true } ? late : null);
        if (late is { } barrier && (!barrier.HasRound || _replica.Log.Durable.Index < barrier.Index)) // our disk hangs, so nothing is sent
            stalled.Add(new StalledMember(_replica.Self, StallReason.Silent));
        if (stalled.Count == 0)
            return;

        _stallReportedMs = now.Ms;
        Stalled?.Invoke(new MemberStalled(Epoch, stalled));
        foreach (StalledMember member in stalled)
            _replica.Events.Stalled(Epoch, member);
    }

    /// <summary>Without those members that can't be reached, or that nothing has committed for so long because of, fewer than k are left.</summary>
    private bool NeedsSpare(Now now)
    {
        Barrier? stuck = _barriers.Oldest is { } oldest && oldest.Round != Round.None && now.Ms - oldest.CameMs >= Timing.SlowDisksMs ? oldest : null;
        return View.Members.Count - _followers.FindStalled(now, stuck).Count(s => View.IsMember(s.Member)) < View.MinReplicas;
    }

    private sealed record AwaitedPostcode(ConnectionId From, ulong Correlation, UserRequest Request, byte[] Body);
}
