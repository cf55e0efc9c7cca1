using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Chaos;

/// <summary>
/// The requests of a chaotic front end: forwarded, held until a barrier covers their replies, released once. A reply is released only by an
/// acknowledgement of its own epoch (e, n ≥ i); a request not released when the epoch or the connection changes is sent again.
/// </summary>
internal sealed class ChaoticRelay(SimProcess process)
{
    /// <summary>The correlation of every barrier; requests count from 1.</summary>
    public const ulong BarrierCorrelation = ulong.MaxValue;

    private const int GiveUpMs = 4_000;

    private readonly SortedDictionary<ulong, Waiting> _waiting = [];
    private ulong _correlation;
    private ConnectionId _primary;
    private Epoch _epoch;
    private ReplyNumber _barrierCovers;
    private int _barriers;

    public void Ask(Now now, ConnectionId user, ulong correlation, in UserRequest content)
    {
        UserRequest kept = content with { Body = new ReadOnlySequence<byte>(content.Body.ToArray()) };
        _waiting.Add(++_correlation, new Waiting(user, correlation, kept, now.Ms));
    }

    public void UserLost(ConnectionId user)
    {
        foreach (Waiting waiting in _waiting.Values.Where(w => w.User == user))
            waiting.IsForgotten = true;
    }

    public void EpochChanged()
    {
        _epoch = Epoch.None;
        _primary = ConnectionId.None;
        _barriers = 0;
        _barrierCovers = ReplyNumber.None;
        foreach (Waiting waiting in _waiting.Values)
            waiting.AskAgain();
    }

    public void PrimaryLost(ConnectionId connection)
    {
        if (connection == _primary)
            EpochChanged();
    }

    /// <summary>Sends the waiting requests to the primary of an epoch.</summary>
    public void Forward(Epoch epoch, ConnectionId primary)
    {
        if (_epoch != epoch || _primary != primary)
            EpochChanged();
        (_epoch, _primary) = (epoch, primary);
        foreach ((ulong correlation, Waiting waiting) in _waiting)
        {
            if (waiting.IsSent)
                continue;
            waiting.IsSent = true;
            process.Send(primary, correlation, new Execute(epoch, waiting.Content));
        }
    }

    public void Executed(ConnectionId from, ulong correlation, in Executed reply)
    {
        if (from != _primary || reply.Epoch != _epoch || !_waiting.TryGetValue(correlation, out Waiting? waiting) || waiting.Number != ReplyNumber.None)
            return;
        waiting.Number = reply.Number;
        waiting.Answer = reply.Answer.ToArray();
    }

    public void AskBarrier()
    {
        ReplyNumber held = _waiting.Values.Select(w => w.Number).DefaultIfEmpty().Max();
        if (_primary == ConnectionId.None || held <= _barrierCovers || _barriers >= 4)
            return;
        _barrierCovers = held;
        _barriers++;
        process.Send(_primary, BarrierCorrelation, new PropagateBackup(_epoch));
    }

    public void Propagated(ConnectionId from, in Propagated acknowledged)
    {
        if (from != _primary || acknowledged.Epoch != _epoch)
            return;
        _barriers--;
        ReplyNumber number = acknowledged.Number;
        foreach ((ulong correlation, Waiting waiting) in _waiting.Where(w => w.Value.Number != ReplyNumber.None && w.Value.Number <= number).ToList())
        {
            _waiting.Remove(correlation);
            if (!waiting.IsForgotten)
                process.Send(waiting.User, waiting.Correlation, new Reply(new ReadOnlySequence<byte>(waiting.Answer!)));
        }
    }

    public void Refused(ulong correlation)
    {
        if (correlation == BarrierCorrelation)
        {
            EpochChanged();
            return;
        }

        if (_waiting.TryGetValue(correlation, out Waiting? waiting) && waiting.Number == ReplyNumber.None)
            waiting.AskAgain();
    }

    public void Tick(Now now)
    {
        foreach ((ulong correlation, Waiting waiting) in _waiting.Where(w => now.Ms - w.Value.CameMs > GiveUpMs).ToList())
        {
            _waiting.Remove(correlation);
            if (!waiting.IsForgotten)
                process.Close(waiting.User);
        }
    }

    private sealed class Waiting(ConnectionId user, ulong correlation, UserRequest content, long cameMs)
    {
        public ConnectionId User { get; } = user;

        public ulong Correlation { get; } = correlation;

        public UserRequest Content { get; } = content;

        public long CameMs { get; } = cameMs;

        public bool IsSent { get; set; }

        public bool IsForgotten { get; set; }

        /// <summary>The number of the held reply; 0 while there is none.</summary>
        public ReplyNumber Number { get; set; }

        public byte[]? Answer { get; set; }

        public void AskAgain()
        {
            IsSent = false;
            Number = ReplyNumber.None;
            Answer = null;
        }
    }
}
