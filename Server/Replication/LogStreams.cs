using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// Sends a primary's log to its followers: probes each for where the logs meet, then sends it batch after batch as its window allows. Lives
/// for one epoch. Owned by the core.
/// </summary>
internal sealed class LogStreams(View view, ReplicaContext replica, EntryIndex viewStarted)
{
    private readonly StateTransfers _transfers = new(view.Epoch, replica);

    /// <summary>The last round that began: every Append carries it, every ack echoes it.</summary>
    public Round Round { get; private set; }

    public StateTransfers Transfers => _transfers;

    public void RoundBegins() => Round = Round.Next;

    /// <summary>
    /// A round has begun: sends a follower whose log meets ours the entries that it lacks, or an empty Append if it lacks none.
    /// </summary>
    public void SendRound(Now now, Follower follower)
    {
        if (follower.State == StreamState.Streaming && !SendBatches(now, follower))
            SendEmpty(now, follower);
    }

    /// <summary>Begins the stream: sends the whole view, then an Append that probes where the logs meet.</summary>
    public void Opened(Now now, Follower follower)
    {
        follower.Heard = new LastHeard(now);
        follower.Next = replica.Log.Last.Index.Next;
        replica.Network.Send(follower.Connection, 0, new NewView(view, [.. replica.Endpoints.All.Where(e => view.IsRequired(e.Member))]));
        Probe(now, follower);
    }

    public void Appended(Now now, Follower follower, in Appended ack)
    {
        if (ack.Epoch != view.Epoch)
            return;

        if (ack.Match > follower.SentLast || ack.Round > follower.SentRound)
            throw new ProtocolViolationException(
                $"an ack of entry {ack.Match} in round {ack.Round}, where {follower.SentLast} in {follower.SentRound} are the last it was sent");
        follower.Heard = new LastHeard(now);
        if (ack.UtcMs is { } utcMs && follower.Clock.IsNewlyApart(now, utcMs))
            replica.Events.ClockApart(follower.Member, now.UtcMs - utcMs);
        follower.Acked(now, ack.Match, replica.Options.StallMs);
        follower.Echoed = Round.Max(follower.Echoed, ack.Round);
        if (follower.State == StreamState.Probing && ack.Match.Next >= follower.Next) // an ack that is not for an older message
            StreamAfter(follower, ack.Match);

        if (follower.IsRequired && !follower.WasLevel && follower.Match >= viewStarted)
        {
            follower.WasLevel = true;
            replica.Events.FollowerLevel(follower.Member, follower.Match);
        }

        // A round that began while the follower was being probed, or while its window was full, has not been sent to it yet.
        if (follower.State == StreamState.Streaming && !SendBatches(now, follower) && ack.Round < Round && follower.SentRound < Round)
            SendEmpty(now, follower);
    }

    /// <summary>The logs do not meet where the probe or batch began: probe further back.</summary>
    public void Mismatched(Now now, Follower follower, in Mismatch mismatch)
    {
        if (mismatch.Epoch != view.Epoch || follower.State is not (StreamState.Probing or StreamState.Streaming))
            return;

        if (mismatch.Previous > follower.SentLast)
            throw new ProtocolViolationException($"a mismatch at entry {mismatch.Previous}, where it was asked for {follower.SentLast} at most");
        follower.Heard = new LastHeard(now);
        if (mismatch.Previous.Next != follower.Next && follower.State == StreamState.Probing)
            return; // the answer to an earlier probe

        EntryIndex acked = EntryIndex.Max(replica.Log.Commit, follower.Match);
        if (follower.IsMember && (mismatch.Last < acked || mismatch.Previous <= acked))
        {
            follower.State = StreamState.Broken; // a state transfer would hide that its disk has lost entries that it acked
            return;
        }

        EntryIndex next = EntryIndex.Min(mismatch.TryFrom, mismatch.Previous);
        if (follower.IsMember)
            next = EntryIndex.Max(next, acked.Next);
        else if (next <= replica.Log.Base.Index && CanHoldOurBase(mismatch))
        {
            Rare.Reached(RareBranch.ProbeAtTheBase);
            next = replica.Log.Base.Index.Next;
        }

        follower.ForgetInFlight();
        follower.Next = next;
        Probe(now, follower);
    }

    /// <summary>
    /// A mismatch names the beginning of a whole run of entries of one epoch. If that lies below our base, the logs may still meet inside
    /// the run, above the base; and then the spare would refuse a transfer, since it already holds what the checkpoint would give it. So
    /// ask once for the first entry that we can ask for, our base.
    /// </summary>
    private bool CanHoldOurBase(in Mismatch mismatch) => mismatch.Last >= replica.Log.Base.Index && mismatch.Previous > replica.Log.Base.Index;

    /// <summary>The spare has stored what it was sent; after the last chunk its log goes on where the checkpoint ends.</summary>
    public void TransferReady(Now now, Follower follower, in TransferReady ready)
    {
        follower.Heard = new LastHeard(now);
        if (ready.Epoch != view.Epoch || _transfers.Ready(now, follower, ready) is not { } at)
            return;

        follower.SentLast = EntryIndex.Max(follower.SentLast, at.Index);
        follower.Acked(now, at.Index, replica.Options.StallMs);
        StreamAfter(follower, at.Index);
        SendBatches(now, follower);
    }

    /// <summary>While a transfer runs, the spare's log is empty, so an Append at the start of every log meets it.</summary>
    public void SendHeartbeat(Now now, Follower follower)
    {
        if (follower.State == StreamState.Transferring)
            SendAppend(now, follower, EntryPosition.Start, null);
        else if (follower.State == StreamState.Probing || !SendBatches(now, follower))
            SendEmpty(now, follower);
    }

    private void Probe(Now now, Follower follower)
    {
        follower.State = StreamState.Probing;
        SendEmpty(now, follower);
    }

    private void StreamAfter(Follower follower, EntryIndex match)
    {
        _transfers.Abandon(follower); // it holds what one that a lost connection broke off would give it
        follower.State = StreamState.Streaming;
        follower.Next = match.Next;
        follower.ForgetInFlight();
    }

    /// <summary>True if our log still has the entry before the next one to send; if not, the checkpoint must be sent first.</summary>
    private bool IsInLog(Now now, Follower follower)
    {
        if (follower.Next > replica.Log.Base.Index)
            return true;

        Invariant.Check(!follower.IsMember, $"the log was cut past what member {follower.Member} needs");
        follower.State = StreamState.Transferring;
        follower.ForgetInFlight();
        _transfers.Begin(now, follower);
        return false;
    }

    /// <summary>Sends the batches that the follower lacks, as far as the window allows; false if none was sent.</summary>
    private bool SendBatches(Now now, Follower follower)
    {
        if (!IsInLog(now, follower))
            return true;

        bool sent = false;
        while (follower.Next <= replica.Log.Last.Index && (follower.InFlightBytes < replica.Options.WindowBytes || follower.InFlight.Count == 0))
        {
            LogBatch batch = replica.Log.BatchAt(follower.Next)!;
            if (batch.First < follower.Next)
                batch = batch.Slice(follower.Next, batch.Last.Next);
            SendAppend(now, follower, Previous(follower), batch);
            follower.Next = batch.Last.Next;
            follower.InFlight.Enqueue((batch.Last, batch.Entries.Length, now.Ms));
            follower.InFlightBytes += batch.Entries.Length;
            sent = true;
        }

        return sent;
    }

    private void SendEmpty(Now now, Follower follower)
    {
        if (IsInLog(now, follower))
            SendAppend(now, follower, Previous(follower), null);
    }

    private void SendAppend(Now now, Follower follower, EntryPosition previous, LogBatch? batch)
    {
        follower.SentMs = now.Ms;
        follower.SentRound = Round;
        follower.SentLast = EntryIndex.Max(follower.SentLast, batch?.Last ?? previous.Index);
        replica.Network.Send(follower.Connection, 0, new Append(
            view.Epoch, Round, previous, batch?.Epoch ?? view.Epoch, batch?.Count ?? 0, batch?.Checksum ?? 0, batch?.Sequence ?? ReadOnlySequence<byte>.Empty,
            replica.Log.Commit));
    }

    private EntryPosition Previous(Follower follower) => replica.Log.PositionAt(new EntryIndex(follower.Next.Value - 1));
}
