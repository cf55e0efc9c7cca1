using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Takes users' requests to the primary, those of a connection in the order received, and brings its answers back once a barrier covers
/// them. When the epoch or the connection changes, everything not released is sent again, in the same order and under the same ids; what
/// was released is final. <see cref="Turns"/> decides what is sent when. Owned by the core.
/// </summary>
internal sealed class Relay(INetwork network, FrontEndLimits limits, IFrontEndEvents events)
{
    private static readonly ReadOnlySequence<byte> OverloadedNotSent = AnswerOf(AnswerCode.Overloaded, notSent: true);
    private static readonly ReadOnlySequence<byte> Overloaded = AnswerOf(AnswerCode.Overloaded, notSent: false);
    private static readonly ReadOnlySequence<byte> TooFewNotSent = AnswerOf(AnswerCode.TooFewReplicas, notSent: true);
    private static readonly ReadOnlySequence<byte> TooFew = AnswerOf(AnswerCode.TooFewReplicas, notSent: false);
    private static readonly ReadOnlySequence<byte> Unsupported = AnswerOf(AnswerCode.Unsupported, notSent: false);

    private readonly RequestTable _requests = new(network, limits);
    private readonly BarrierQueue _barriers = new(network, events);
    private readonly Suspects _suspects = new();
    private ConnectionId _primary;
    private Epoch _epoch;
    private ulong _lastSend;
    private bool _holdsBack;

    /// <summary>Requests taken and not answered yet.</summary>
    public int Waiting => _requests.Count;

    /// <summary>How many orders this front end has reported as placed since its start.</summary>
    public long OrdersPlaced { get; private set; }

    /// <summary>When the last barrier of this epoch and connection completed; null before the first.</summary>
    public long? BarrierCompletedMs => _barriers.CompletedMs;

    /// <summary>While set, new requests are answered at once: there are too few replicas.</summary>
    public bool IsShort { get; set; }

    /// <summary>While set, new requests are refused: this front end is stopping.</summary>
    public bool IsStopping { get; set; }

    public void Take(Now now, UserConnection user, ulong correlation, in UserRequest request)
    {
        events.RequestTaken(request.Kind);
        if (IsShort)
        {
            Answered(request.Kind, AnswerCode.TooFewReplicas);
            network.Send(user.Id, correlation, new Reply(TooFewNotSent));
            return;
        }

        if (IsStopping || IsFull(user, request))
        {
            Answered(request.Kind, AnswerCode.Overloaded);
            network.Send(user.Id, correlation, new Reply(OverloadedNotSent));
            return;
        }

        bool isSuspect = _suspects.IsSuspect(request);
        if (isSuspect && !_suspects.MayGo(now, request))
        {
            Rare.Reached(RareBranch.SuspectWaits);
            Answered(request.Kind, AnswerCode.Overloaded);
            network.Send(user.Id, correlation, new Reply(Overloaded));
            return;
        }

        RequestSlot slot = _requests.Add(now, user, correlation, request);
        if (isSuspect)
            _suspects.Goes(slot);
        if (_primary != ConnectionId.None && !_holdsBack)
            _requests.Turns.Add(slot);
    }

    /// <summary>Answers a request whose fields make no sense. The connection stays open: only this request's user is at fault.</summary>
    public void Refuse(ConnectionId user, ulong correlation) => network.Send(user, correlation, new Reply(Unsupported));

    /// <summary>From now on this connection leads to the primary of this epoch: everything that waits is sent.</summary>
    /// <param name="hasFailed">As for <see cref="Detach"/>.</param>
    /// <param name="holdsBack">
    /// In this epoch, requests wait here: its view has fewer members than orders need, so the primary could only keep them. What is given up
    /// meanwhile was never sent, and its user is told so.
    /// </param>
    public void Serve(Now now, ConnectionId primary, Epoch epoch, bool hasFailed, bool holdsBack = false)
    {
        if (primary == _primary && epoch == _epoch)
            return;

        Detach(now, hasFailed);
        _primary = primary;
        _epoch = epoch;
        _holdsBack = holdsBack;
        _barriers.Begin(primary, epoch);
        if (holdsBack)
            return; // nobody queues for a turn that does not come

        // In order of arrival, so those that were under way come before those that were not.
        for (RequestSlot? slot = _requests.First; slot is not null; slot = slot.Next)
            _requests.Turns.Add(slot);
    }

    /// <summary>
    /// The epoch or the connection is over: replies that were not released are thrown away, and their requests wait to be sent again.
    /// </summary>
    /// <param name="hasFailed">
    /// The primary broke the connection or fell silent. A request that was under way there may be the reason, so when this happens to a
    /// request for the second time it is not sent to a third primary.
    /// </param>
    public void Detach(Now now, bool hasFailed)
    {
        if (_primary == ConnectionId.None)
            return;

        _primary = ConnectionId.None;
        _epoch = Epoch.None;
        _barriers.End();
        _requests.Turns.Clear(); // without a primary there are no turns; Serve adds all requests again
        for (RequestSlot? slot = _requests.First; slot is not null;)
        {
            RequestSlot? next = slot.Next;
            if (hasFailed && slot.State != SlotState.Waiting && ++slot.Failures >= Suspects.FailuresMax)
                GiveBack(now, slot);
            else
                _requests.Forget(slot);
            slot = next;
        }
    }

    public void Executed(ConnectionId connection, ulong sending, in Executed reply)
    {
        if (connection != _primary || reply.Epoch != _epoch)
            return;
        if (FindSent(sending) is not { } slot)
        {
            Rare.Reached(RareBranch.LateExecuted);
            return;
        }

        _requests.Hold(slot, reply.Answer);
        _barriers.Hold(slot, reply.Number);
    }

    /// <summary>True if it answers a barrier of this connection and epoch.</summary>
    public bool Propagated(Now now, ConnectionId connection, ulong barrier, in Propagated answer)
    {
        if (!_barriers.Propagated(now, connection, barrier, answer))
            return false;

        while (_barriers.TryRelease(answer.Number, out RequestSlot slot))
        {
            _suspects.Acquit(slot);
            Answer(slot, slot.Answer);
        }

        return true;
    }

    /// <summary>The primary is overloaded and did nothing for this request.</summary>
    public void PrimaryOverloaded(ConnectionId connection, ulong sending)
    {
        if (connection != _primary || FindSent(sending) is not { } slot)
            return;

        if (slot.Kind.IsUpdate())
        {
            Answer(slot, slot.Sendings == 1 ? OverloadedNotSent : Overloaded);
            return;
        }

        Rare.Reached(RareBranch.HeldBack);

        // A retrieval can wait a little: most likely the primary has too many answers for us that have not left yet.
        _requests.Turns.HoldBack(slot.User!);
        _requests.Forget(slot);
        _requests.Turns.Add(slot);
    }

    /// <summary>The primary is overloaded and refused this barrier; another follows a little later.</summary>
    public void BarrierRefused(Now now, ConnectionId connection, ulong barrier)
    {
        if (connection == _primary)
            _barriers.Refused(now, barrier);
    }

    /// <summary>The connection to the primary that is in use; none if there is no such primary.</summary>
    public ConnectionId Primary => _primary;

    public bool IsServedBy(ConnectionId connection) => connection == _primary && connection != ConnectionId.None;

    /// <summary>A report says that barriers are held up: sends one, so that this front end sees for itself.</summary>
    public void ProveProgress() => _barriers.ProveProgress();

    public void BatchEnded(Now now)
    {
        if (_primary != ConnectionId.None && !_holdsBack)
            SendWaiting();
        _barriers.BatchEnded(now);
    }

    /// <summary>
    /// Answers requests that have waited too long. They are in order of arrival, so usually looking at the first is enough.
    /// </summary>
    /// <param name="hasPaused">This tick came late, so the answer that shows that the view commits may not have been read yet.</param>
    public void Tick(Now now, bool isShort, bool hasPaused)
    {
        _requests.Turns.Tick();
        bool commits = _barriers.CompletedMs is { } completed && now.Ms - completed <= limits.PatienceMs;
        int patienceMs = hasPaused || (commits && !isShort) ? limits.WaitMaxMs : limits.PatienceMs;
        while (_requests.First is { } slot && now.Ms - slot.ReceivedMs > patienceMs)
        {
            Rare.Reached(RareBranch.OutOfPatience);
            AnswerTooFew(slot);
        }
    }

    public void AnswerAllTooFew()
    {
        while (_requests.First is { } slot)
            AnswerTooFew(slot);
    }

    private static ReadOnlySequence<byte> AnswerOf(AnswerCode code, bool notSent) => new(new RefusalAnswer(code, NotSent: notSent).ToBytes());

    private bool IsFull(UserConnection user, in UserRequest request)
    {
        RareBranch? full = _requests.IsFull ? RareBranch.FrontEndFull
            : user.InFlight >= limits.PerConnectionMax ? RareBranch.ConnectionFull
            : _requests.InFlightOf(request.User) >= limits.PerUserMax ? RareBranch.UserFull
            : null;
        if (full is { } branch)
            Rare.Reached(branch);
        return full is not null;
    }

    private void SendWaiting()
    {
        while (_requests.Turns.TryTake(out RequestSlot slot))
        {
            if (slot.User!.IsOpen)
                Send(slot);
            else
                Remove(slot); // its user is gone, and will ask again under the same ids
        }

        _requests.Turns.BatchEnded();
    }

    private void Send(RequestSlot slot)
    {
        slot.Sent(++_lastSend);
        network.Send(_primary, Correlations.Of(Question.Execute, (_lastSend << RequestTable.SlotBits) | (uint)slot.Index), new Execute(_epoch, slot.Request));
        _barriers.Sent();
    }

    private RequestSlot? FindSent(ulong sending) =>
        _requests.FindSent((int)(sending & (RequestTable.SlotsMax - 1)), sending >> RequestTable.SlotBits);

    private void Answered(RequestKind kind, AnswerCode answer)
    {
        if (kind == RequestKind.PlaceOrder && answer == AnswerCode.Order)
            OrdersPlaced++;
        events.RequestAnswered(kind, answer);
    }

    private void AnswerTooFew(RequestSlot slot) => Answer(slot, slot.Sendings == 0 ? TooFewNotSent : TooFew);

    private void GiveBack(Now now, RequestSlot slot)
    {
        Rare.Reached(RareBranch.GivenBack);
        _suspects.Failed(now, slot);
        Answer(slot, Overloaded);
    }

    private void Answer(RequestSlot slot, in ReadOnlySequence<byte> answer)
    {
        Answered(slot.Kind, Protocol.Ordering.Answer.CodeOf(answer));
        if (slot.User!.IsOpen)
            network.Send(slot.User.Id, slot.UserCorrelation, new Reply(answer));
        Remove(slot);
    }

    private void Remove(RequestSlot slot)
    {
        _suspects.Ended(slot);
        _requests.Remove(slot);
    }
}
