using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// The replicas that a primary keeps in sync: the other members, the joining one, and spares. Dials them, receives their answers, and knows
/// what all required ones hold; <see cref="LogStreams"/> sends the log to each. Lives for one epoch. Owned by the core.
/// </summary>
internal sealed partial class Followers
{
    private const int SparesMax = 16;

    private readonly View _view;
    private readonly ReplicaContext _replica;
    private readonly EntryIndex _viewStarted;
    private readonly long _beganMs;
    private readonly OrderedDictionary<Member, Follower> _followers = []; // one id may occur twice, with a member's old and its new disk
    private readonly LogStreams _streams;

    public Followers(Now now, View view, ReplicaContext replica, EntryIndex viewStarted)
    {
        _view = view;
        _replica = replica;
        _viewStarted = viewStarted;
        _beganMs = now.Ms;
        _streams = new LogStreams(view, replica, viewStarted);
        foreach (Member member in view.Members.Where(m => m != replica.Self))
            Add(now, new Follower(member, isMember: true, isRequired: true, replica.Options));
        if (view.Joining is { } joining)
            Add(now, new Follower(joining, isMember: false, isRequired: true, replica.Options));
        foreach ((_, Follower follower) in _followers)
            follower.DialIfDue(now, replica); // not at the next tick: users wait for the first barrier
    }

    public StateTransfers Transfers => _streams.Transfers;

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
    public Round EchoedRound()
    {
        Round echoed = _streams.Round;
        foreach ((_, Follower follower) in _followers)
        {
            if (follower.IsRequired)
                echoed = Round.Min(echoed, follower.Echoed);
        }

        return echoed;
    }

    /// <summary>Begins to keep a spare in sync, or learns where a follower now listens.</summary>
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
            known = new Follower(member, isMember: false, isRequired: false, _replica.Options);
            Add(now, known);
        }

        if (known.Endpoint != endpoint)
        {
            known.Endpoint = endpoint;
            known.Redial.HasNews();
        }
    }

    /// <summary>This process was not listening for that long, so the others were not silent then.</summary>
    public void Forgive(Now now, long lostMs)
    {
        foreach ((_, Follower follower) in _followers)
            follower.Heard = follower.Heard.Forgive(now, lostMs);
    }

    public void Tick(Now now)
    {
        Invariant.Check(Transfers.RunsFor is not { } to || _followers.ContainsValue(to), "a transfer runs for a follower that is none");
        Transfers.Tick(now);
        foreach ((_, Follower follower) in _followers)
        {
            if (Transfers.IsStuck(now, follower))
                DisconnectStuck(now, follower);
            else if (IsLost(now, follower))
                LoseSilent(now, follower);
            follower.DialIfDue(now, _replica);

            // A heartbeat leaves with the tick nearest to its time: with the first one after, a lossy link would carry a sixth fewer.
            if (follower.IsConnected &&
                now.Ms - follower.SentMs >= _replica.Options.HeartbeatMs - (Timing.TickMs / 2))
            {
                _streams.SendHeartbeat(now, follower);
            }
        }
    }

    /// <summary>Begins a round: every follower is sent something.</summary>
    public Round BeginRound(Now now)
    {
        _streams.RoundBegins();
        foreach ((_, Follower follower) in _followers)
            _streams.SendRound(now, follower);
        return _streams.Round;
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

    public void Opened(Now now, Follower follower, in Hello peer)
    {
        if (peer.Role != Role.Replica || peer.Id != follower.Member.Id.Value || peer.Disk != follower.Member.Disk)
        {
            // Another process now listens at this endpoint, or the same replica with another disk.
            follower.Endpoint = null;
            Disconnect(now, follower, now.Ms + _replica.Options.StallMs);
            return;
        }

        follower.OpenedMs = now.Ms;
        _streams.Opened(now, follower);
    }

    public void Closed(Now now, Follower follower)
    {
        Transfers.Suspend(now, follower);
        if (follower.IsConnected && now.Ms - follower.OpenedMs >= _replica.Options.LostMs)
            follower.Redial.Next(now.Ms + _replica.Options.RedialMs);
        else
            follower.Redial.Failed(now);
        follower.Disconnected(now, _replica.Options.StallMs);
    }

    /// <summary>
    /// Handles a frame from a follower. Returns the follower's view if it is a later one under which this replica keeps its data, and the
    /// follower counts in this replica's view. Any other later view must come from a front end, which has it from the register.
    /// </summary>
    public View? Received(Now now, Follower follower, in Frame frame)
    {
        switch (frame.Type)
        {
            case MessageType.Appended:
                _streams.Appended(now, follower, frame.As<Appended>());
                break;
            case MessageType.Mismatch:
                _streams.Mismatched(now, follower, frame.As<Mismatch>());
                break;
            case MessageType.TransferReady:
                _streams.TransferReady(now, follower, frame.As<TransferReady>());
                break;
            case MessageType.TransferRefused:
                TransferRefused(now, follower, frame.As<TransferRefused>());
                break;
            case MessageType.Refused:
                if (frame.As<Refused>().View is { } later && follower.IsRequired && IsToFollow(later))
                    return later;
                Disconnect(now, follower, now.Ms + _replica.Options.LookupMs); // it refuses our stream; a later view will tell us why
                break;
            case MessageType.ViewAdopted:
                break; // an ack will say the same
            default:
                throw new ProtocolViolationException($"{frame.Type} to a primary from its follower");
        }

        return null;
    }

    /// <summary>True if a required follower has no connection: the name server may know where it is now.</summary>
    public bool IsLookingForSomebody => _followers.Values.Any(f => f.IsRequired && f.State is (StreamState.Disconnected or StreamState.Dialling));

    /// <summary>The endpoints may have changed.</summary>
    public void EndpointsChanged(Now now)
    {
        foreach ((_, Follower follower) in _followers)
        {
            if (_replica.Endpoints.Of(follower.Member) is { } endpoint && endpoint != follower.Endpoint)
                Sync(now, follower.Member, endpoint);
        }
    }

    public void Close()
    {
        foreach ((_, Follower follower) in _followers)
        {
            Transfers.Abandon(follower);
            _replica.Network.Close(follower.Connection);
        }
    }

    private void Add(Now now, Follower follower)
    {
        follower.Heard = new LastHeard(now);
        _followers.Add(follower.Member, follower);
    }

    /// <summary>
    /// A connection that brings nothing for so long is better begun anew: TCP would wait ever longer before it tried again. But the answer
    /// to what is on its way comes no sooner than that has arrived, and a link may be thin.
    /// </summary>
    private bool IsLost(Now now, Follower follower)
    {
        if (!follower.IsConnected)
            return false;

        int onTheWay = follower.State == StreamState.Transferring ? Transfers.OnTheWay(follower) : follower.OldestInFlightBytes;
        return follower.Heard.SilentMs(now) > _replica.Options.LostMs + (onTheWay / _replica.Options.ThinLinkBytesPerMs);
    }

    /// <summary>A transfer that does not move gives its place to the next.</summary>
    private void DisconnectStuck(Now now, Follower follower)
    {
        Rare.Reached(RareBranch.TransferStuck);
        Disconnect(now, follower, now.Ms);
    }

    private void LoseSilent(Now now, Follower follower)
    {
        Rare.Reached(RareBranch.FollowerLost);
        Lose(now, follower, now.Ms);
    }

    /// <summary>A transfer to it goes on over the next connection.</summary>
    private void Lose(Now now, Follower follower, long nextDialMs)
    {
        Transfers.Suspend(now, follower);
        _replica.Network.Close(follower.Connection);
        follower.Redial.Next(nextDialMs);
        follower.Disconnected(now, _replica.Options.StallMs);
    }

    private void Disconnect(Now now, Follower follower, long nextDialMs)
    {
        Transfers.Abandon(follower);
        Lose(now, follower, nextDialMs);
    }

    /// <summary>The spare holds more than the transfer would give it, so the logs must meet somewhere after all.</summary>
    private void TransferRefused(Now now, Follower follower, in TransferRefused refused)
    {
        if (refused.Epoch != _view.Epoch || !Transfers.Abandon(follower, refused.Transfer))
            return;

        // Dial again a little later: it may still be loading the last transfer, or its log may meet ours by then.
        Disconnect(now, follower, now.Ms + _replica.Options.LookupMs);
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
        Transfers.Abandon(follower);
        _replica.Network.Close(follower.Connection);
        _followers.Remove(follower.Member);
    }

    private bool IsToFollow(View later) =>
        later.Epoch > _view.Epoch && later.Cluster == _view.Cluster && later.Group == _view.Group && _view.LeadsTo(later, _replica.Self);

    private bool IsHeard(Now now, Follower follower) =>
        follower.State is (StreamState.Probing or StreamState.Streaming) && follower.Heard.SilentMs(now) <= _replica.Options.SilenceMs;
}
