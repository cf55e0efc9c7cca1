using JustHungry.Protocol.Cores;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol;

/// <summary>What the protocol layer logs: ids 4000 to 4999.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Debug, "{Connection} {Peer} ended: {Reason}")]
    public static partial void ConnectionEnded(ILogger logger, ConnectionId connection, string peer, string reason);

    [LoggerMessage(4001, LogLevel.Warning, "{Connection} {Peer} closed, because it broke the protocol: {Reason}")]
    public static partial void ProtocolViolated(ILogger logger, ConnectionId connection, string peer, string reason);

    [LoggerMessage(4002, LogLevel.Warning, "{Connection} {Peer} dropped: it does not read what it is sent")]
    public static partial void SlowPeerDropped(ILogger logger, ConnectionId connection, string peer);

    [LoggerMessage(4003, LogLevel.Warning, "refused a connection: {Count} are open, as many as this daemon takes")]
    public static partial void TooManyConnections(ILogger logger, int count);

    [LoggerMessage(4004, LogLevel.Critical, "stopped by a failure of its own")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(4005, LogLevel.Warning, "accepting connections failed, trying again: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, string reason);

    [LoggerMessage(4006, LogLevel.Warning, "{Connection} was refused: {Reason}")]
    public static partial void HelloRefused(ILogger logger, ConnectionId connection, string reason);

    [LoggerMessage(4008, LogLevel.Debug, "{Connection} to {Endpoint} could not be opened: {Reason}")]
    public static partial void DialFailed(ILogger logger, ConnectionId connection, Ids.Endpoint endpoint, string reason);

    [LoggerMessage(4010, LogLevel.Debug, "{Connection} {Peer} is open: {How}")]
    public static partial void ConnectionOpened(ILogger logger, ConnectionId connection, string peer, string how);

    [LoggerMessage(4011, LogLevel.Trace, "<- {Connection} {Peer}: {Frame}", SkipEnabledCheck = true)]
    public static partial void FrameReceived(ILogger logger, ConnectionId connection, string peer, string frame);

    [LoggerMessage(4012, LogLevel.Trace, "-> {Connection} {Peer}: {Frame}", SkipEnabledCheck = true)]
    public static partial void FrameSent(ILogger logger, ConnectionId connection, string peer, string frame);

    [LoggerMessage(4013, LogLevel.Warning, "{What}")]
    public static partial void Waits(ILogger logger, string what);

    [LoggerMessage(4009, LogLevel.Error, "{What} ended with an error that nobody expected")]
    public static partial void BackgroundFailed(ILogger logger, string what, Exception exception);
}
