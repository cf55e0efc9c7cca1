using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer;

/// <summary>What the name server logs: ids 1000 to 1999.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "listening at {Endpoint}, storage {Storage}, {Names} names and {Groups} views on it")]
    public static partial void Started(ILogger logger, Endpoint endpoint, string storage, int names, int groups);

    [LoggerMessage(1001, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1002, LogLevel.Information, "{Name} at {Endpoint}")]
    public static partial void NameRecorded(ILogger logger, string name, Endpoint endpoint);

    [LoggerMessage(1003, LogLevel.Information, "{Name} removed: its lease was not renewed")]
    public static partial void NameLapsed(ILogger logger, string name);

    [LoggerMessage(1004, LogLevel.Information, "{Name} removed on request")]
    public static partial void NameRemoved(ILogger logger, string name);

    [LoggerMessage(1005, LogLevel.Information, "group {Group}: {Kind} made {View}")]
    public static partial void ViewMade(ILogger logger, string group, ProposalKind kind, View view);

    [LoggerMessage(1006, LogLevel.Debug, "group {Group}: {Kind} to epoch {Epoch} refused, {Outcome}")]
    public static partial void ProposalRefused(ILogger logger, string group, ProposalKind kind, Epoch epoch, ProposalOutcome outcome);

    [LoggerMessage(1007, LogLevel.Error,
        "group {Group}: a replica has adopted epoch {Adopted}, and there is no view here: this name server was restored from nothing. " +
        "No view changes until an operator runs 'nameserver repair --group {Group}'")]
    public static partial void RegisterLost(ILogger logger, string group, Epoch adopted);

    [LoggerMessage(1008, LogLevel.Error,
        "group {Group}: a replica has adopted epoch {Adopted}, and the view here is of epoch {Epoch}: this name server was restored from an " +
        "old copy. No view changes until an operator runs 'nameserver repair --group {Group}'")]
    public static partial void RegisterBehind(ILogger logger, string group, Epoch adopted, Epoch epoch);

    [LoggerMessage(1009, LogLevel.Error,
        "group {Group}: replicas of two clusters are registered. No view changes until those that don't belong here are stopped or " +
        "given another --group")]
    public static partial void TwoClusters(ILogger logger, string group);

    [LoggerMessage(1010, LogLevel.Information, "group {Group}: the view agrees with its replicas again")]
    public static partial void HealthyAgain(ILogger logger, string group);

    [LoggerMessage(1011, LogLevel.Warning, "stood still for {Ms} ms; leases are extended by that")]
    public static partial void StoodStill(ILogger logger, long ms);

    [LoggerMessage(1012, LogLevel.Information, "listening at {Endpoint}, storage {Storage}")]
    public static partial void StartedShared(ILogger logger, Endpoint endpoint, string storage);

    [LoggerMessage(1013, LogLevel.Warning,
        "{Problem}. Orders go on; but until this is over, a server that dies can't be replaced, and none can be dropped or join")]
    public static partial void StorageAway(ILogger logger, string problem);

    [LoggerMessage(1014, LogLevel.Information, "etcd does what it is asked again")]
    public static partial void StorageBack(ILogger logger);

    [LoggerMessage(1015, LogLevel.Warning,
        "etcd was restored from an older copy, or rolled back. Everybody is asked to register anew; if a view was lost, the group's " +
        "register is now behind, and 'nameserver view' says what to do")]
    public static partial void StorageRestored(ILogger logger);

    [LoggerMessage(1016, LogLevel.Error,
        "group {Group}: {Tries} times a change of the view did not fit what was read from etcd just before. Something other than this version of " +
        "nameserver writes under the same prefix, or has written the view there")]
    public static partial void AlwaysChanged(ILogger logger, string group, int tries);
}
