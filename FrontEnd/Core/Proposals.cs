using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Proposes view changes to the name server, one at a time. A proposal is sent again under the same id while it is called for and
/// unanswered. Dropping one is always safe: if it was accepted, the next one loses the race, and the answer shows the accepted view.
/// Owned by the core.
/// </summary>
internal sealed class Proposals(NameServerWatch nameServer, ViewInForce inForce, Func<UInt128> freshId, IFrontEndEvents events)
{
    private const int ResendMs = 500;

    /// <summary>An unanswered proposal that is no longer called for is dropped after this long.</summary>
    private const int GiveWayMs = 1_000;

    private const int TooEarlyMs = 100;
    private const int RefusedMs = 1_000;

    /// <summary>Lower ones are the correlations of <see cref="NameServerWatch"/>.</summary>
    private const ulong FirstCorrelation = 16;

    private ViewChange? _inFlight;
    private UInt128 _proposalId;
    private ulong _correlation = FirstCorrelation;
    private ConnectionId _connection;
    private long _firstSentMs;
    private long _sentMs;
    private long _notBeforeMs;

    /// <summary>Proposes what is called for now, if anything, unless another proposal is waiting for its answer.</summary>
    public void Pursue(Now now, ViewChange? change)
    {
        if (_inFlight is not null && (_inFlight.Expected != inForce.Epoch || (now.Ms - _firstSentMs > GiveWayMs && !_inFlight.IsSameAs(change))))
            _inFlight = null;

        // The change rests on what replicas say. If it is not well formed it is not sent: the name server would close our connection.
        if (change is not { Next.IsWellFormed: true } || !nameServer.IsOpen || now.Ms < _notBeforeMs)
            return;

        if (_inFlight is null)
        {
            _inFlight = change;
            _proposalId = freshId();
            _correlation++;
            _firstSentMs = now.Ms;
            Send(now);
        }
        else if (_inFlight.IsSameAs(change) && (now.Ms - _sentMs >= ResendMs || _connection != nameServer.Connection))
        {
            Send(now);
        }
    }

    /// <summary>The change that the answer is about, if it is the one in flight; null otherwise.</summary>
    public ViewChange? Answered(Now now, ulong correlation, in Proposed answer)
    {
        if (_inFlight is not { } change || correlation != _correlation)
            return null;

        _inFlight = null;
        if (answer.Outcome == ProposalOutcome.Accepted)
            return change;

        _notBeforeMs = answer.Outcome switch
        {
            ProposalOutcome.LostRace => now.Ms, // the winner's view comes with the answer
            ProposalOutcome.TooEarly => now.Ms + TooEarlyMs,
            _ => now.Ms + RefusedMs,
        };
        events.ProposalRefused(change, answer.Outcome);
        return change;
    }

    private void Send(Now now)
    {
        _sentMs = now.Ms;
        _connection = nameServer.Connection;
        nameServer.Send(
            _correlation,
            new Propose(_proposalId, _inFlight!.Kind, _inFlight.Expected, _inFlight.Next, _inFlight.Evidence, EvidenceHolds: _inFlight.Kind is ProposalKind.Join or ProposalKind.Admit));
    }
}
