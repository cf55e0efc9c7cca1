using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>How a primary's stream to a follower stands.</summary>
internal enum StreamState : byte
{
    /// <summary>No connection; dialled again when that is due.</summary>
    Disconnected,
    Dialling,

    /// <summary>Connected; an Append without entries has been sent to find where the logs meet.</summary>
    Probing,

    /// <summary>The logs are equal up to Match; batches follow as they are made.</summary>
    Streaming,

    /// <summary>The spare's log does not reach ours: it gets the checkpoint first.</summary>
    Transferring,

    /// <summary>It lacks an entry that it had acknowledged: nothing more is sent to it.</summary>
    Broken,
}

/// <summary>What a primary knows, in one epoch, about one replica that it keeps in sync. Starts from nothing in each epoch.</summary>
internal sealed class Follower(Member member, bool isMember, bool isRequired, ReplicaOptions options)
{
    /// <summary>How long a spare counts as slow after an ack that took too long.</summary>
    public const int LatelyMs = 5_000;

    /// <summary>When it last took too long to ack a batch.</summary>
    private long? _slowMs;

    public Member Member { get; } = member;

    public bool IsMember { get; } = isMember;

    /// <summary>A commit needs its ack, because it is a member or joining. Otherwise it is a spare, synced in the background.</summary>
    public bool IsRequired { get; } = isRequired;

    public Endpoint? Endpoint { get; set; }

    public ConnectionId Connection { get; set; }

    public StreamState State { get; set; }

    public bool IsConnected => State is StreamState.Probing or StreamState.Streaming or StreamState.Transferring;

    /// <summary>Up to here its log is proved equal to ours, and fsynced.</summary>
    public EntryIndex Match { get; set; }

    /// <summary>The next entry to send.</summary>
    public EntryIndex Next { get; set; }

    /// <summary>The last entry that it was sent in this epoch, or was asked whether it holds: it can't ack a later one.</summary>
    public EntryIndex SentLast { get; set; }

    /// <summary>The last round it has echoed.</summary>
    public Round Echoed { get; set; }

    /// <summary>When something was last sent to it.</summary>
    public long SentMs { get; set; }

    /// <summary>The round of the last Append sent.</summary>
    public Round SentRound { get; set; }

    /// <summary>When it last answered or was last connected.</summary>
    public LastHeard Heard { get; set; }

    /// <summary>When its connection opened.</summary>
    public long OpenedMs { get; set; }

    public Redial Redial { get; } = new(options.RedialMs, options.RedialMaxMs);

    /// <summary>Bytes of entries sent and not yet acked.</summary>
    public long InFlightBytes { get; set; }

    /// <summary>What is in flight, so that an ack frees it.</summary>
    public Queue<(EntryIndex Last, int Bytes, long SentMs)> InFlight { get; } = new();

    /// <summary>What the next ack waits for: acks come in the order in which batches went.</summary>
    public int OldestInFlightBytes => InFlight.TryPeek(out (EntryIndex Last, int Bytes, long SentMs) oldest) ? oldest.Bytes : 0;

    public ClockComparison Clock { get; } = new();

    /// <summary>Being level has been reported: once in each epoch.</summary>
    public bool WasLevel { get; set; }

    /// <summary>Begins to connect, if there is no connection, it is known where, and the time has come.</summary>
    public void DialIfDue(Now now, ReplicaContext replica)
    {
        Endpoint ??= replica.Endpoints.Of(Member);
        if (State != StreamState.Disconnected || Endpoint is not { } endpoint || !Redial.IsDue(now))
            return;

        State = StreamState.Dialling;
        Redial.Dialled(now);
        Connection = replica.Network.Dial(endpoint);
    }

    /// <param name="slowMs">As for <see cref="Acked"/>: a batch that it left unanswered counts too.</param>
    public void Disconnected(Now now, int slowMs)
    {
        if (Waits(now, slowMs))
            _slowMs = now.Ms;
        Connection = ConnectionId.None;
        State = State == StreamState.Broken ? StreamState.Broken : StreamState.Disconnected;
        ForgetInFlight();
    }

    /// <summary>Forgets what was in flight, since it will be sent again.</summary>
    public void ForgetInFlight()
    {
        InFlight.Clear();
        InFlightBytes = 0;
    }

    /// <param name="slowMs">An ack that comes later than this after its batch was sent is slow.</param>
    public void Acked(Now now, EntryIndex match, int slowMs)
    {
        Match = EntryIndex.Max(Match, match);
        while (InFlight.TryPeek(out (EntryIndex Last, int Bytes, long SentMs) sent) && sent.Last <= Match)
        {
            InFlight.Dequeue();
            InFlightBytes -= sent.Bytes;
            if (now.Ms - sent.SentMs >= slowMs)
                _slowMs = now.Ms;
        }
    }

    /// <summary>It would not hold up a barrier: no batch is waiting too long for its ack, and none has done so lately.</summary>
    public bool IsPrompt(Now now, int slowMs) => !Waits(now, slowMs) && !(now.Ms - _slowMs < LatelyMs);

    private bool Waits(Now now, int slowMs) =>
        InFlight.TryPeek(out (EntryIndex Last, int Bytes, long SentMs) oldest) && now.Ms - oldest.SentMs >= slowMs;
}
