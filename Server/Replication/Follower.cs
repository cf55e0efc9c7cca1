using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Replication;

/// <summary>How a primary's stream to a follower stands.</summary>
internal enum StreamState : byte
{
    /// <summary>No connection; dialled again when the time has come.</summary>
    Disconnected,
    Dialling,

    /// <summary>Connected; an Append without entries is out to find where the logs meet.</summary>
    Probing,

    /// <summary>The logs are equal up to Match; batches follow as they are made.</summary>
    Streaming,

    /// <summary>The spare's log does not reach ours: it gets the checkpoint first.</summary>
    Transferring,

    /// <summary>It lacks an entry that was acknowledged: nothing more is sent.</summary>
    Broken,
}

/// <summary>What a primary knows, in one epoch, of one replica that it keeps in sync. Begins from nothing in each epoch.</summary>
internal sealed class Follower(Member member, bool isMember, bool isRequired)
{
    /// <summary>So long an ack that took too long is held against a spare, in milliseconds.</summary>
    public const int LatelyMs = 5_000;

    /// <summary>When it last took too long to ack a batch, in the core's milliseconds.</summary>
    private long? _slowMs;

    public Member Member { get; } = member;

    public bool IsMember { get; } = isMember;

    /// <summary>A commit needs its ack: a member, or joining. Otherwise it is a spare, synced in the background.</summary>
    public bool IsRequired { get; } = isRequired;

    public Endpoint? Endpoint { get; set; }

    public ConnectionId Connection { get; set; }

    public StreamState State { get; set; }

    /// <summary>Its log is proved equal to ours up to here, and fsynced.</summary>
    public EntryIndex Match { get; set; }

    /// <summary>The next entry to send.</summary>
    public EntryIndex Next { get; set; }

    /// <summary>The last entry that it has been sent, or asked whether it holds, in this epoch: it can't ack a later one.</summary>
    public EntryIndex SentLast { get; set; }

    /// <summary>The last round it has echoed.</summary>
    public Round Echoed { get; set; }

    /// <summary>When it was last sent something, in the core's milliseconds.</summary>
    public long SentMs { get; set; }

    /// <summary>The round of the last Append sent.</summary>
    public Round SentRound { get; set; }

    /// <summary>When it last answered or was last connected.</summary>
    public LastHeard Heard { get; set; }

    public long NextDialMs { get; set; }

    /// <summary>Bytes of entries sent and not yet acked.</summary>
    public long InFlightBytes { get; set; }

    /// <summary>What is in flight, so that an ack frees it.</summary>
    public Queue<(EntryIndex Last, int Bytes, long SentMs)> InFlight { get; } = new();

    /// <summary>What the next ack waits for: acks come in the order in which batches went.</summary>
    public int OldestInFlightBytes => InFlight.TryPeek(out (EntryIndex Last, int Bytes, long SentMs) oldest) ? oldest.Bytes : 0;

    /// <summary>Reported to the log once an epoch.</summary>
    public bool WasLevel { get; set; }

    /// <summary>Begins to connect, if there is no connection, it is known where, and the time has come.</summary>
    public void DialIfDue(Now now, ReplicaContext replica)
    {
        Endpoint ??= replica.Endpoints.Of(Member);
        if (State != StreamState.Disconnected || Endpoint is not { } endpoint || now.Ms < NextDialMs)
            return;

        State = StreamState.Dialling;
        Connection = replica.Network.Dial(endpoint);
    }

    /// <param name="slowMs">As for <see cref="Acked"/>: what it left unanswered counts too.</param>
    public void Disconnected(Now now, long nextDialMs, int slowMs)
    {
        if (Waits(now, slowMs))
            _slowMs = now.Ms;
        Connection = ConnectionId.None;
        State = State == StreamState.Broken ? StreamState.Broken : StreamState.Disconnected;
        NextDialMs = nextDialMs;
        ForgetInFlight();
    }

    /// <summary>Sends again from here: what was in flight is void.</summary>
    public void ForgetInFlight()
    {
        InFlight.Clear();
        InFlightBytes = 0;
    }

    /// <param name="slowMs">Longer than this from the sending of a batch to its ack, in milliseconds, is slow.</param>
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

    /// <summary>It would not hold up a barrier: no batch waits for its ack for too long, and none has lately.</summary>
    public bool IsPrompt(Now now, int slowMs) => !Waits(now, slowMs) && !(now.Ms - _slowMs < LatelyMs);

    private bool Waits(Now now, int slowMs) =>
        InFlight.TryPeek(out (EntryIndex Last, int Bytes, long SentMs) oldest) && now.Ms - oldest.SentMs >= slowMs;
}
