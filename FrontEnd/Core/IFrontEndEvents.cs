using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// What a front end's core tells its host, called inside the step: the core has no logger and ends no process. The daemon logs and
/// stops; whoever needs nothing of it passes an object that implements none.
/// </summary>
internal interface IFrontEndEvents
{
    /// <summary>A barrier has completed: orders can be taken.</summary>
    void Ready()
    {
    }

    /// <summary>The core has done its last: the host ends with this code, after what was sent has left.</summary>
    /// <param name="message">For stderr; null after a clean stop.</param>
    void Ended(int exitCode, string? message)
    {
    }

    /// <summary>At the start: an attempt has failed, another will follow.</summary>
    void StillLooking(int attempt, int attempts, string lacking)
    {
    }

    /// <summary>A view came into force, by this front end's proposal (then <paramref name="reason"/> says why) or another's.</summary>
    void ViewChanged(View? previous, View view, string? reason)
    {
    }

    void ProposalRefused(ViewChange change, ProposalOutcome outcome)
    {
    }

    /// <summary>The name server's register does not fit the replicas, or fits again: an operator must act.</summary>
    void HealthChanged(GroupHealth health)
    {
    }

    /// <summary>A replica or name server shows a view that can't be: same epoch, other content, or another cluster.</summary>
    void ViewConflicts(View inForce, View other)
    {
    }

    void ReplicaFound(ReplicaId replica, Endpoint endpoint)
    {
    }

    void ReplicaLost(ReplicaId replica, Endpoint endpoint)
    {
    }

    /// <summary>The primary says that this member lacks an entry it had acknowledged.</summary>
    void EntriesLost(Epoch epoch, Member member)
    {
    }

    /// <summary>Fewer replicas answer than orders need.</summary>
    void RunningShort(int answering, int needed)
    {
    }

    void RequestTaken(RequestKind kind)
    {
    }

    /// <summary>A user has the final or retryable answer, or would have it if still connected.</summary>
    void RequestAnswered(RequestKind kind, AnswerCode answer)
    {
    }

    /// <summary>A barrier left for the primary; its number is the last one's + 1.</summary>
    void BarrierSent(ulong barrier)
    {
    }

    /// <summary>The primary says that everything before this barrier is safe.</summary>
    void BarrierCompleted(ulong barrier)
    {
    }
}
