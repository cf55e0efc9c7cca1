using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace JustHungry.Server;

/// <summary>What a server logs: ids 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "server {Id} at {Endpoint}, data in {Directory}: log {Base}..{Last}, checkpoint at {Checkpoint}, view {View}")]
    public static partial void Started(
        ILogger logger, ReplicaId id, Endpoint endpoint, string directory, EntryPosition @base, EntryPosition last, EntryPosition checkpoint, View? view);

    [LoggerMessage(2001, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(2002, LogLevel.Information, "adopted epoch {Epoch} as {Role}: {View}")]
    public static partial void Adopted(ILogger logger, Epoch epoch, ReplicaRole role, View view);

    [LoggerMessage(2003, LogLevel.Information, "leads in epoch {Epoch}, from entry {ViewStarted} on")]
    public static partial void Leads(ILogger logger, Epoch epoch, EntryIndex viewStarted);

    [LoggerMessage(2004, LogLevel.Information, "stepped down from epoch {Epoch}, because epoch {Later} has begun")]
    public static partial void SteppedDown(ILogger logger, Epoch epoch, Epoch later);

    [LoggerMessage(2005, LogLevel.Information, "{Follower} is level, up to entry {Match}")]
    public static partial void FollowerLevel(ILogger logger, ReplicaId follower, EntryIndex match);

    [LoggerMessage(2006, LogLevel.Warning, "epoch {Epoch}: {Member} holds up the others: {Reason}")]
    public static partial void Stalled(ILogger logger, Epoch epoch, ReplicaId member, StallReason reason);

    [LoggerMessage(2007, LogLevel.Error,
        "epoch {Epoch}: {Member} lacks orders that it had acknowledged: its disk lies, or is an old copy. Stop it, move its data directory away, and " +
        "start it again with an empty one")]
    public static partial void LostEntries(ILogger logger, Epoch epoch, ReplicaId member);

    [LoggerMessage(2008, LogLevel.Information, "sending {Spare} the checkpoint at {At}")]
    public static partial void TransferBegun(ILogger logger, ReplicaId spare, EntryPosition at);

    [LoggerMessage(2009, LogLevel.Information, "{Spare} has the checkpoint, {Chunks} chunks")]
    public static partial void TransferEnded(ILogger logger, ReplicaId spare, int chunks);

    [LoggerMessage(2010, LogLevel.Information, "receiving the primary's checkpoint at {At}")]
    public static partial void InstallBegun(ILogger logger, EntryPosition at);

    [LoggerMessage(2011, LogLevel.Information, "has the primary's checkpoint at {At}")]
    public static partial void InstallEnded(ILogger logger, EntryPosition at);

    [LoggerMessage(2012, LogLevel.Error, "refused a view that contradicts the adopted one, {Adopted}: {Other}. Two histories have forked: keep this one by 'nameserver repair', or move this data directory away")]
    public static partial void ConflictingView(ILogger logger, View adopted, View other);

    [LoggerMessage(2013, LogLevel.Information, "the name server's view agrees with its replicas")]
    public static partial void RegisterHealthy(ILogger logger);

    [LoggerMessage(2014, LogLevel.Error, "the name server's register can't be trusted: {Health}. No view changes until an operator acts: see 'nameserver view'")]
    public static partial void RegisterNotHealthy(ILogger logger, GroupHealth health);

    [LoggerMessage(2015, LogLevel.Information, "registered at the name server")]
    public static partial void NameServerReached(ILogger logger);

    [LoggerMessage(2016, LogLevel.Warning, "the name server is away; serving goes on, views can't change until it is back")]
    public static partial void NameServerLost(ILogger logger);

    [LoggerMessage(2017, LogLevel.Warning,
        "the view of epoch {Epoch} goes on with another history than this data directory holds: it is kept under another name, up to entry {Last}")]
    public static partial void MustSetAside(ILogger logger, Epoch epoch, EntryPosition last);

    [LoggerMessage(2018, LogLevel.Critical, "the disk failed; stopping, because nothing it says now can be trusted: {Reason}")]
    public static partial void DiskFailed(ILogger logger, string reason, Exception? exception);

    [LoggerMessage(2019, LogLevel.Information, "resigning, so that another server takes over first")]
    public static partial void Resigning(ILogger logger);

    [LoggerMessage(2020, LogLevel.Warning, "the name server at {NameServer} does not answer (attempt {Attempt} of {Attempts})")]
    public static partial void NameServerMissing(ILogger logger, NameServerList nameServer, int attempt, int attempts);

    [LoggerMessage(2022, LogLevel.Debug, "rehearsed a promotion in {Ms} ms")]
    public static partial void Rehearsed(ILogger logger, long ms);

    [LoggerMessage(2023, LogLevel.Error, "the rehearsal of a promotion failed; this is a bug, and the server goes on")]
    public static partial void RehearsalFailed(ILogger logger, Exception exception);

    [LoggerMessage(2021, LogLevel.Warning, "the shop does not sell what {Catalogue} lists: a catalogue only opens a new group's shop")]
    public static partial void OtherCatalogue(ILogger logger, string catalogue);

    [LoggerMessage(2024, LogLevel.Error,
        "{Loss}. This disk no longer stands for what it acknowledged: it takes part as another one, a spare, which the primary brings level. Find out " +
        "why. If no other server has the shop's data, 'frontend promote {Id} --unclean' goes on with what is left here")]
    public static partial void LostTail(ILogger logger, string loss, ReplicaId id);

    [LoggerMessage(2025, LogLevel.Error,
        "{Loss}. All of it is kept as {Aside}, with the owner's key if that was here; this server begins anew, as an empty spare, which the primary " +
        "fills. Find out why. If no other server has the shop's data, restore it from a copy")]
    public static partial void LostTailKeptAside(ILogger logger, string loss, string aside);

    [LoggerMessage(2030, LogLevel.Information, "the key of the shop's owner is in {File}: keep a copy of it, there is no other")]
    public static partial void OwnerKeyHere(ILogger logger, string file);

    [LoggerMessage(2031, LogLevel.Warning,
        "{File} does not hold the key of this shop's owner, which is the one that the shop was opened with, or that it was rotated or reset to: find a copy of that; this one is of no use here")]
    public static partial void OtherOwnerKey(ILogger logger, string file);

    [LoggerMessage(2032, LogLevel.Warning, "this shop has no owner: an earlier version opened it, without a key. {File} is of no use to it")]
    public static partial void ShopWithoutOwner(ILogger logger, string file);

    [LoggerMessage(2033, LogLevel.Warning,
        "{File} did not hold the key of this shop's owner, and is kept as {Aside}: another server opened the shop, or the key was rotated or reset since; " +
        "if not, the file was changed, and the key must be taken from a copy")]
    public static partial void OwnerKeySetAside(ILogger logger, string file, string aside);

    [LoggerMessage(2037, LogLevel.Warning,
        "the shop gets another owner's key, which is in {File}: keep a copy of it, there is no other. The key before opens nothing any more. It counts once this server has led for a moment: try it")]
    public static partial void OwnerKeyReset(ILogger logger, string file);

    [LoggerMessage(2035, LogLevel.Warning, "{File} holds no owner's key, 64 hexadecimal digits, any more: it is damaged, and is kept as {Aside}")]
    public static partial void OwnerKeyDamaged(ILogger logger, string file, string aside);

    [LoggerMessage(2034, LogLevel.Warning, "the owner's key file can't be used: {Reason}")]
    public static partial void OwnerKeyUnusable(ILogger logger, string reason);

    [LoggerMessage(2036, LogLevel.Warning,
        "the name server at {NameServer} does not answer. The view on this server's disk needs it: it serves, and registers when the name server is back")]
    public static partial void ServesUnregistered(ILogger logger, NameServerList nameServer);

    [LoggerMessage(2061, LogLevel.Warning,
        "the clock of this server, which orders get their times from, is {Seconds} s {AheadOrBehind} that of {Follower}: look at both, and let NTP set them")]
    public static partial void ClockApart(ILogger logger, long seconds, string aheadOrBehind, ReplicaId follower);

    [LoggerMessage(2100, LogLevel.Information, "postcodes are asked of {Url}")]
    public static partial void PostcodesAsked(ILogger logger, string url);

    [LoggerMessage(2101, LogLevel.Information, "postcodes are checked offline: their format and area letters only, not whether they exist")]
    public static partial void PostcodesOffline(ILogger logger);

    [LoggerMessage(2102, LogLevel.Warning, "the postcode service fails, new customers are asked to try again: {Reason}")]
    public static partial void PostcodesFail(ILogger logger, string reason);

    [LoggerMessage(2103, LogLevel.Information, "the postcode service answers again")]
    public static partial void PostcodesAnswerAgain(ILogger logger);

    [LoggerMessage(2060, LogLevel.Error, "{Met}")]
    public static partial void OtherRegisterMet(ILogger logger, OtherRegister met);
}
