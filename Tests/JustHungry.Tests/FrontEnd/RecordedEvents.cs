using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Tests.FrontEnd;

/// <summary>What a front end's core told its host.</summary>
internal sealed class RecordedEvents : IFrontEndEvents
{
    public bool IsReady { get; private set; }

    public int? ExitCode { get; private set; }

    public string? Message { get; private set; }

    public List<(View View, string? Reason)> Views { get; } = [];

    public List<ProposalOutcome> Refusals { get; } = [];

    public List<GroupHealth> Healths { get; } = [];

    public List<View> Conflicts { get; } = [];

    public List<ReplicaId> LostEntries { get; } = [];

    public List<RequestKind> Requests { get; } = [];

    public List<(RequestKind Kind, AnswerCode Answer)> Answered { get; } = [];

    /// <summary>How many were sent.</summary>
    public int Barriers { get; private set; }

    public void RequestAnswered(RequestKind kind, AnswerCode answer) => Answered.Add((kind, answer));

    public void BarrierSent(ulong barrier) => Barriers++;

    public void Ready() => IsReady = true;

    public void Ended(int exitCode, string? message) => (ExitCode, Message) = (exitCode, message);

    public void ViewChanged(View? previous, View view, string? reason) => Views.Add((view, reason));

    public void ProposalRefused(ViewChange change, ProposalOutcome outcome) => Refusals.Add(outcome);

    public void HealthChanged(GroupHealth health) => Healths.Add(health);

    public void ViewConflicts(View inForce, View other) => Conflicts.Add(other);

    public void EntriesLost(Epoch epoch, Member member) => LostEntries.Add(member.Id);

    public void RequestTaken(RequestKind kind) => Requests.Add(kind);
}
