using JustHungry.Protocol.Ids;
using JustHungry.UserCli.Client;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli;

/// <summary>What the CLI logs when asked to (--log-level): ids 5000 to 5999.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Debug, "the name server {NameServer} lists {Count} front ends")]
    public static partial void FrontEndsListed(ILogger logger, NameServerList nameServer, int count);

    [LoggerMessage(5001, LogLevel.Information, "the name server {NameServer} does not answer ({Reason}); {Count} front ends are remembered")]
    public static partial void NameServerAway(ILogger logger, NameServerList nameServer, string reason, int count);

    [LoggerMessage(5002, LogLevel.Debug, "connected to the front end {FrontEnd}")]
    public static partial void Connected(ILogger logger, Endpoint frontEnd);

    [LoggerMessage(5003, LogLevel.Information, "a try failed: {Failure} ({Reason})")]
    public static partial void TryFailed(ILogger logger, AttemptFailure failure, string reason);

    [LoggerMessage(5004, LogLevel.Debug, "the shop's front ends were not remembered: {Reason}")]
    public static partial void ShopNotRemembered(ILogger logger, string reason);
}
