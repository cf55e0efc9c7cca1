using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// What a front end's core tells its host, since the core has no logger and can't end the process. Called inside the step. Each method
/// does nothing unless it is implemented.
/// </summary>
internal interface IFrontEndEvents
{
    /// <summary>A barrier has completed: orders can be taken.</summary>
    void Ready()
    {
    }

    /// <summary>The core has finished: the host ends with this exit code, once everything that was sent has left.</summary>
    /// <param name="message">For stderr; null after a clean stop.</param>
    void Ended(int exitCode, string? message)
    {
    }

    /// <summary>Two name servers of the list have different registers.</summary>
    void OtherRegisterMet(OtherRegister met)
    {
    }

    /// <summary>An attempt at the start has failed; another will follow.</summary>
    void StillLooking(int attempt, int attempts, string lacking)
    {
    }

    /// <summary>
    /// A view came into force. If this front end proposed it, <paramref name="reason"/> says why; otherwise that is null.
    /// </summary>
    void ViewChanged(View? previous, View view, string? reason)
    {
    }

    void ProposalRefused(ViewChange change, ProposalOutcome outcome)
    {
    }

    /// <summary>The name server's register no longer fits the replicas, so that an operator must act; or it fits again.</summary>
    void HealthChanged(GroupHealth health)
    {
    }

    /// <summary>
    /// A replica or the name server shows a view that contradicts the one in force: the same epoch with other content, or another
    /// cluster.
    /// </summary>
    void ViewConflicts(View inForce, View other)
    {
    }

    void ReplicaFound(ReplicaId replica, Endpoint endpoint)
    {
    }

    void ReplicaLost(ReplicaId replica, Endpoint endpoint)
    {
    }

    /// <summary>The primary says that this member lacks an entry that the member had acknowledged.</summary>
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

    /// <summary>A request has its answer, final or retryable. It was sent to the user, if still connected.</summary>
    void RequestAnswered(RequestKind kind, AnswerCode answer)
    {
    }

    /// <summary>A barrier was sent to the primary. Barriers are numbered consecutively.</summary>
    void BarrierSent(ulong barrier)
    {
    }

    /// <summary>The primary says that everything before this barrier is safe.</summary>
    void BarrierCompleted(ulong barrier)
    {
    }
}
