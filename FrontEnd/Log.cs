using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace JustHungry.FrontEnd;

/// <summary>What a front end logs: ids 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "promoted {Primary} in epoch {Epoch} in place of {Previous} (members {Members}): {Reason}")]
    public static partial void Promoted(ILogger logger, ReplicaId primary, Epoch epoch, string previous, string members, string reason);

    [LoggerMessage(3001, LogLevel.Information, "changed the view to epoch {Epoch}: primary {Primary}, members {Members}, joining {Joining}: {Reason}")]
    public static partial void ViewChanged(ILogger logger, Epoch epoch, ReplicaId primary, string members, string joining, string reason);

    [LoggerMessage(3002, LogLevel.Information, "took over the view of epoch {Epoch}: primary {Primary}, members {Members}, joining {Joining}")]
    public static partial void ViewAdopted(ILogger logger, Epoch epoch, ReplicaId primary, string members, string joining);

    [LoggerMessage(3003, LogLevel.Debug, "{Kind} of epoch {Epoch} was not taken: {Outcome}")]
    public static partial void ProposalPostponed(ILogger logger, ProposalKind kind, Epoch epoch, ProposalOutcome outcome);

    [LoggerMessage(3004, LogLevel.Warning, "{Kind} of epoch {Epoch} ({Reason}) was refused by the name server: {Outcome}")]
    public static partial void ProposalRefused(ILogger logger, ProposalKind kind, Epoch epoch, string reason, ProposalOutcome outcome);

    [LoggerMessage(3005, LogLevel.Error, "the name server has lost the view or holds an old one ({Health}): no view can change until 'nameserver repair' has been run")]
    public static partial void NeedsRepair(ILogger logger, GroupHealth health);

    [LoggerMessage(3006, LogLevel.Error, "replicas of two clusters are registered under group {Group}: no view can change until those of one are stopped")]
    public static partial void TwoClusters(ILogger logger, string group);

    [LoggerMessage(3007, LogLevel.Information, "the name server's view fits the replicas again")]
    public static partial void HealthRestored(ILogger logger);

    [LoggerMessage(3008, LogLevel.Error,
        "ignores a view that contradicts the one it works in ({InForce}): {Other}. Servers of two shops have this group's name, or a register was restored from an old " +
        "copy: see 'nameserver view'")]
    public static partial void ViewConflicts(ILogger logger, View inForce, View other);

    [LoggerMessage(3009, LogLevel.Debug, "connected to replica {Replica} at {Endpoint}")]
    public static partial void ReplicaFound(ILogger logger, ReplicaId replica, Endpoint endpoint);

    [LoggerMessage(3010, LogLevel.Information, "lost the connection to replica {Replica} at {Endpoint}")]
    public static partial void ReplicaLost(ILogger logger, ReplicaId replica, Endpoint endpoint);

    [LoggerMessage(3011, LogLevel.Error, "replica {Replica} has lost entries that it had acknowledged (seen in epoch {Epoch}): its disk lies, or is an old copy")]
    public static partial void EntriesLost(ILogger logger, ReplicaId replica, Epoch epoch);

    [LoggerMessage(3012, LogLevel.Warning, "only {Answering} of the {Needed} servers that orders need answer: no orders are taken until more do")]
    public static partial void RunningShort(ILogger logger, int answering, int needed);

    [LoggerMessage(3013, LogLevel.Information, "attempt {Attempt} of {Attempts}: {Lacking}")]
    public static partial void StillLooking(ILogger logger, int attempt, int attempts, string lacking);

    [LoggerMessage(3014, LogLevel.Trace, "{Kind}")]
    public static partial void RequestTaken(ILogger logger, RequestKind kind);

    [LoggerMessage(3015, LogLevel.Information, "listening at {Listening}, boot {Boot}")]
    public static partial void Listening(ILogger logger, Endpoint listening, BootId boot);

    [LoggerMessage(3016, LogLevel.Information, "stopping: answering what is in flight")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(3017, LogLevel.Information, "{Verdict}")]
    public static partial void TakesOrders(ILogger logger, Verdict verdict);

    [LoggerMessage(3018, LogLevel.Warning, "{Verdict}")]
    public static partial void LacksSomething(ILogger logger, Verdict verdict);

    [LoggerMessage(3030, LogLevel.Error, "{Met}")]
    public static partial void OtherRegisterMet(ILogger logger, OtherRegister met);
}
