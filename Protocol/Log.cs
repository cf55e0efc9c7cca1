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

    [LoggerMessage(4014, LogLevel.Warning, "{Connection} {Peer} is closed: its authority is not trusted any more")]
    public static partial void NoLongerTrusted(ILogger logger, ConnectionId connection, string peer);

    [LoggerMessage(4015, LogLevel.Warning, "ANYBODY who reaches {Endpoint} can read what passes and pose as any process of this cluster: it runs with --tls {Mode}. 'nameserver keys make', then --tls required on every program, closes it")]
    public static partial void Unsecured(ILogger logger, Ids.Endpoint endpoint, string mode);

    [LoggerMessage(4016, LogLevel.Information, "took new credentials from {File}")]
    public static partial void CredentialsTaken(ILogger logger, string file);

    [LoggerMessage(4017, LogLevel.Error, "kept the credentials as they were: {Reason}")]
    public static partial void CredentialsKept(ILogger logger, string reason);

    [LoggerMessage(4018, LogLevel.Warning, "{File} expires on {On:yyyy-MM-dd}: from then on no process can start or connect with it. Issue another: 'nameserver keys --help'")]
    public static partial void CredentialsExpire(ILogger logger, string file, DateTimeOffset on);

    [LoggerMessage(4009, LogLevel.Error, "{What} ended with an error that nobody expected")]
    public static partial void BackgroundFailed(ILogger logger, string what, Exception exception);
}
