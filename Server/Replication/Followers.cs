using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Server.Replication;

/// <summary>
/// The streams of a primary to the other members, to joining and to the spares it syncs: dialled, probed for where the logs meet, fed
/// batch by batch. Everything in it is of one epoch. Owned by the core.
/// </summary>
internal sealed class Followers
{
    private const int SparesMax = 16;

    private readonly View _view;
    private readonly ReplicaContext _replica;
    private readonly EntryIndex _viewStarted;
    private readonly OrderedDictionary<Member, Follower> _followers = []; // one id may stand twice: a member's old disk, and its new one
    private readonly StateTransfers _transfers;
    private ulong _round;
    private long _lastTickMs;

    public Followers(Now now, View view, ReplicaContext replica, EntryIndex viewStarted)
    {
        _view = view;
        _replica = replica;
        _viewStarted = viewStarted;
        _lastTickMs = now.Ms;
        _transfers = new StateTransfers(view.Epoch, replica);
        foreach (Member member in view.Members.Where(m => m != replica.Self))
            Add(now, new Follower(member, isMember: true, isRequired: true));
        if (view.Joining is { } joining)
            Add(now, new Follower(joining, isMember: false, isRequired: true));
    }

    public StateTransfers Transfers => _transfers;

    /// <summary>The last entry that every required follower has fsynced.</summary>
    public EntryIndex SafeIndex()
    {
        EntryIndex safe = new(ulong.MaxValue);
        foreach ((_, Follower follower) in _followers)
        {
            if (follower.IsRequired)
                safe = EntryIndex.Min(safe, follower.Match);
        }

        return safe;
    }

    /// <summary>The last round that every required follower has echoed.</summary>
    public ulong EchoedRound()
    {
        ulong echoed = _round;
        foreach ((_, Follower follower) in _followers)
        {
            if (follower.IsRequired)
                echoed = Math.Min(echoed, follower.Echoed);
        }

        return echoed;
    }

    public int CountHeard(Now now) => _followers.Values.Count(f => f.IsRequired && IsHeard(now, f));

    public List<SpareReport> ReportSpares() =>
    [
        .. _followers.Values.Where(f => !f.IsMember).Select(f => new SpareReport(
            f.Member,
            NearlyLevel: f.State == StreamState.Streaming && f.Match >= _replica.Log.Base.Index && f.Match + _replica.Options.NearlyLevelEntries >= _replica.Log.Last.Index,
            AckedViewStarted: f.Match >= _viewStarted)),
    ];

    /// <summary>Keeps a spare in sync, or learns where a follower listens now.</summary>
    public void Sync(Now now, Member member, Endpoint endpoint)
    {
        if (member.Id == _replica.Self.Id)
            return;

        if (!_followers.TryGetValue(member, out Follower? known))
        {
            if (_followers.Values.FirstOrDefault(f => f.Member.Id == member.Id && !f.IsRequired) is { } replaced)
                Drop(replaced);
            if (_followers.Count >= _view.Members.Count + SparesMax && !DropUnreachableSpare())
                return;
            known = new Follower(member, isMember: false, isRequired: false);
            Add(now, known);
        }

        if (known.Endpoint != endpoint)
        {
            known.Endpoint = endpoint;
            if (known.State == StreamState.Disconnected)
                known.NextDialMs = now.Ms;
        }
    }

    public void Tick(Now now)
    {
        // After a pause of this process, the silence of the others is its own.
        if (now.Ms - _lastTickMs > _replica.Options.SilenceMs)
        {
            foreach ((_, Follower follower) in _followers)
                follower.HeardMs = now.Ms;
        }

        _lastTickMs = now.Ms;
        foreach ((_, Follower follower) in _followers)
        {
            follower.Endpoint ??= _replica.EndpointOf(follower.Member);
            if (IsLost(now, follower))
                Disconnect(follower, now.Ms);
            if (follower.State == StreamState.Disconnected && follower.Endpoint is { } endpoint && now.Ms >= follower.NextDialMs)
            {
                follower.State = StreamState.Dialling;
                follower.Connection = _replica.Network.Dial(endpoint);
            }
            else if (follower.State is (StreamState.Probing or StreamState.Streaming or StreamState.Transferring) &&
                now.Ms - follower.SentMs >= _replica.Options.HeartbeatMs)
            {
                SendHeartbeat(now, follower);
            }
        }
    }

    /// <summary>Begins a round: everybody gets the entries that are new to it, or an Append without any.</summary>
    public ulong BeginRound(Now now)
    {
        _round++;
        foreach ((_, Follower follower) in _followers)
        {
            if (follower.State == StreamState.Streaming && !SendBatches(now, follower))
                SendEmpty(now, follower);
        }

        return _round;
    }

    public Follower? Find(ConnectionId connection)
    {
        foreach ((_, Follower follower) in _followers)
        {
            if (follower.Connection == connection)
                return follower;
        }

        return null;
    }

    /// <summary>The stream's head: the view whole, then an Append that finds out where the logs meet.</summary>
    public void Opened(Now now, Follower follower, in Hello peer)
    {
        if (peer.Role != Role.Replica || peer.Id != follower.Member.Id.Value || peer.Disk != follower.Member.Disk)
        {
            // Its endpoint serves another process now, or the same one on another disk.
            follower.Endpoint = null;
            Disconnect(follower, now.Ms + _replica.Options.StallMs);
            return;
        }

        follower.HeardMs = now.Ms;
        follower.Next = _replica.Log.Last.Index.Next;
        _replica.Network.Send(follower.Connection, 0, new NewView(_view, [.. _replica.Endpoints.Values.Where(e => _view.IsRequired(e.Member))]));
        Probe(now, follower);
    }

    public void Closed(Now now, Follower follower)
    {
        _transfers.Abandon(follower);
        follower.Disconnected(now.Ms + _replica.Options.RedialMs);
    }

    public void Appended(Now now, Follower follower, in Appended ack)
    {
        if (ack.Epoch != _view.Epoch)
            return;

        if (ack.Match > _replica.Log.Last.Index)
            throw new ProtocolViolationException($"an ack of entry {ack.Match}, where {_replica.Log.Last.Index} is the last");
        follower.HeardMs = now.Ms;
        follower.Acked(ack.Match);
        follower.Echoed = Math.Max(follower.Echoed, ack.Round);
        if (follower.State == StreamState.Probing)
            StreamAfter(follower, ack.Match);

        if (follower.IsRequired && !follower.WasLevel && follower.Match >= _viewStarted)
        {
            follower.WasLevel = true;
            _replica.Events.FollowerLevel(follower.Member, follower.Match);
        }

        // A round that began while it was probed, or while its window was full, has not gone to it yet.
        if (follower.State == StreamState.Streaming && !SendBatches(now, follower) && ack.Round < _round && follower.SentRound < _round)
            SendEmpty(now, follower);
    }

    /// <summary>The logs do not meet where the probe or batch began: probe further back.</summary>
    public void Mismatched(Now now, Follower follower, in Mismatch mismatch)
    {
        if (mismatch.Epoch != _view.Epoch || follower.State is not (StreamState.Probing or StreamState.Streaming))
            return;

        follower.HeardMs = now.Ms;
        if (mismatch.Previous.Next != follower.Next && follower.State == StreamState.Probing)
            return; // the answer to an earlier probe

        EntryIndex acked = EntryIndex.Max(_replica.Commit, follower.Match);
        if (follower.IsMember && (mismatch.Last < acked || mismatch.Previous <= acked))
        {
            follower.State = StreamState.Broken; // a state transfer would hide that its disk lost what it acked
            return;
        }

        EntryIndex next = EntryIndex.Min(mismatch.TryFrom, mismatch.Previous);
        if (follower.IsMember)
            next = EntryIndex.Max(next, acked.Next);
        follower.ForgetInFlight();
        follower.Next = next;
        Probe(now, follower);
    }

    /// <summary>The spare holds more than the transfer would give it: the logs must meet somewhere after all.</summary>
    public void TransferRefused(Now now, Follower follower, in TransferRefused refused)
    {
        if (refused.Epoch != _view.Epoch || !_transfers.Abandon(follower, refused.Transfer))
            return;

        // Dialled again a little later: it may be loading the last one, or its log has met ours meanwhile.
        Disconnect(follower, now.Ms + _replica.Options.LookupMs);
    }

    /// <summary>The spare has stored what came; after the last chunk its log goes on where the checkpoint ends.</summary>
    public void TransferReady(Now now, Follower follower, in TransferReady ready)
    {
        follower.HeardMs = now.Ms;
        if (ready.Epoch != _view.Epoch || _transfers.Ready(now, follower, ready) is not { } at)
            return;

        follower.Acked(at.Index);
        StreamAfter(follower, at.Index);
        SendBatches(now, follower);
    }

    /// <summary>It does not take our stream: a later view will tell why.</summary>
    public void Refused(Now now, Follower follower)
    {
        Disconnect(follower, now.Ms + _replica.Options.LookupMs);
    }

    /// <summary>Those that hold up a barrier, or can't be reached, for too long.</summary>
    public List<StalledMember> FindStalled(Now now, Barrier? late)
    {
        List<StalledMember> stalled = [];
        foreach ((_, Follower follower) in _followers)
        {
            if (!follower.IsRequired)
                continue;

            bool isConnected = follower.State is StreamState.Probing or StreamState.Streaming or StreamState.Transferring;
            bool isSilent = now.Ms - follower.HeardMs >= _replica.Options.StallMs;
            if (follower.State == StreamState.Broken)
                stalled.Add(new StalledMember(follower.Member, StallReason.LostEntries));
            else if (!isConnected && isSilent)
                stalled.Add(new StalledMember(follower.Member, StallReason.Disconnected));
            else if (late is { } barrier && (follower.Match < barrier.Index || follower.Echoed < barrier.Round))
                stalled.Add(new StalledMember(follower.Member, StallReason.Silent));
        }

        return stalled;
    }

    /// <summary>True if some required follower has no connection: the name server may know where it is now.</summary>
    public bool IsLookingForSomebody => _followers.Values.Any(f => f.IsRequired && f.State is (StreamState.Disconnected or StreamState.Dialling));

    /// <summary>The endpoints are known anew.</summary>
    public void EndpointsChanged(Now now)
    {
        foreach ((_, Follower follower) in _followers)
        {
            if (_replica.EndpointOf(follower.Member) is { } endpoint && endpoint != follower.Endpoint)
                Sync(now, follower.Member, endpoint);
        }
    }

    public void Close()
    {
        foreach ((_, Follower follower) in _followers)
        {
            _transfers.Abandon(follower);
            _replica.Network.Close(follower.Connection);
        }
    }

    private void Add(Now now, Follower follower)
    {
        follower.HeardMs = now.Ms;
        _followers.Add(follower.Member, follower);
    }

    /// <summary>
    /// A connection that brings nothing for so long is better begun anew: TCP would wait ever longer before it tried again. A transfer
    /// that does not move gives its place to the next.
    /// </summary>
    private bool IsLost(Now now, Follower follower) =>
        (follower.State is (StreamState.Probing or StreamState.Streaming or StreamState.Transferring) && now.Ms - follower.HeardMs > _replica.Options.LostMs) ||
        _transfers.IsStuck(now, follower);

    private void Disconnect(Follower follower, long nextDialMs)
    {
        _transfers.Abandon(follower);
        _replica.Network.Close(follower.Connection);
        follower.Disconnected(nextDialMs);
    }

    private bool DropUnreachableSpare()
    {
        Follower? unreachable = _followers.Values.FirstOrDefault(f => !f.IsRequired && f.State is (StreamState.Disconnected or StreamState.Dialling));
        if (unreachable is not null)
            Drop(unreachable);
        return unreachable is not null;
    }

    private void Drop(Follower follower)
    {
        _transfers.Abandon(follower);
        _replica.Network.Close(follower.Connection);
        _followers.Remove(follower.Member);
    }

    private bool IsHeard(Now now, Follower follower) =>
        follower.State is (StreamState.Probing or StreamState.Streaming) && now.Ms - follower.HeardMs <= _replica.Options.SilenceMs;

    private void Probe(Now now, Follower follower)
    {
        follower.State = StreamState.Probing;
        SendEmpty(now, follower);
    }

    private static void StreamAfter(Follower follower, EntryIndex match)
    {
        follower.State = StreamState.Streaming;
        follower.Next = match.Next;
        follower.ForgetInFlight();
    }

    /// <summary>True if our log still has the entry before the next one to send; if not, the checkpoint must go first.</summary>
    private bool IsInLog(Follower follower)
    {
        if (follower.Next > _replica.Log.Base.Index)
            return true;

        Invariant.Check(!follower.IsMember, $"the log was cut past what member {follower.Member} needs");
        follower.State = StreamState.Transferring;
        follower.ForgetInFlight();
        _transfers.Begin(follower);
        return false;
    }

    /// <summary>While a transfer runs the spare's log is empty, and an Append at the start of every log meets it.</summary>
    private void SendHeartbeat(Now now, Follower follower)
    {
        if (follower.State == StreamState.Transferring)
            SendAppend(now, follower, EntryPosition.Start, null);
        else if (follower.State == StreamState.Probing || !SendBatches(now, follower))
            SendEmpty(now, follower);
    }

    /// <summary>Sends the batches that the follower lacks, as far as the window allows; false if none was sent.</summary>
    private bool SendBatches(Now now, Follower follower)
    {
        if (!IsInLog(follower))
            return true;

        bool sent = false;
        while (follower.Next <= _replica.Log.Last.Index && (follower.InFlightBytes < _replica.Options.WindowBytes || follower.InFlight.Count == 0))
        {
            LogBatch batch = _replica.Log.BatchAt(follower.Next)!;
            if (batch.First < follower.Next)
                batch = ReplicaLog.Slice(batch, follower.Next, batch.Last.Next);
            SendAppend(now, follower, Previous(follower), batch);
            follower.Next = batch.Last.Next;
            follower.InFlight.Enqueue((batch.Last, batch.Entries.Length));
            follower.InFlightBytes += batch.Entries.Length;
            sent = true;
        }

        return sent;
    }

    private void SendEmpty(Now now, Follower follower)
    {
        if (IsInLog(follower))
            SendAppend(now, follower, Previous(follower), null);
    }

    private void SendAppend(Now now, Follower follower, EntryPosition previous, LogBatch? batch)
    {
        follower.SentMs = now.Ms;
        follower.SentRound = _round;
        _replica.Network.Send(follower.Connection, 0, new Append(
            _view.Epoch, _round, previous, batch?.Epoch ?? _view.Epoch, batch?.Count ?? 0, batch?.Checksum ?? 0, batch?.Sequence ?? ReadOnlySequence<byte>.Empty,
            _replica.Commit));
    }

    private EntryPosition Previous(Follower follower) => _replica.Log.PositionAt(new EntryIndex(follower.Next.Value - 1));
}
