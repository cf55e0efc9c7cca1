using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;
using Microsoft.Extensions.Logging;
using ProtocolViolationException = JustHungry.Protocol.Framing.ProtocolViolationException;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// Accepts, dials, and runs each connection's handshake and reading, on the thread pool; tells their owner what happened. Never
/// touches the core.
/// </summary>
internal sealed class Sockets(IConnectionOwner owner, TimeProvider time, ILogger log, AcceptedConnections accepted)
{
    /// <summary>
    /// How long to wait for the last bytes to leave and the peer to close: closing first could reset the connection while they are on
    /// their way.
    /// </summary>
    private const int LingerMs = 1_000;

    private const int AcceptRetryMs = 100;

    /// <summary>
    /// Linux's own limit (somaxconn): a burst of connections waits in the kernel, instead of each having to send its SYN again a second
    /// later.
    /// </summary>
    private const int Backlog = 4_096;

    private readonly ConcurrentDictionary<ConnectionId, Connection> _secured = [];
    private long _lastConnection;

    /// <summary>Set before the first connection, if at all.</summary>
    public LinkSecurity Security { get; set; } = LinkSecurity.Off;

    /// <summary>Set before the first connection, by a test that decides what runs when.</summary>
    public WorkPool Pool { get; set; } = WorkPool.Threads;

    /// <summary>Makes a connection to an endpoint: within the first token's time, and its TLS handshake within the second's.</summary>
    public Func<Endpoint, CancellationToken, CancellationToken, Task<(Wire Wire, SecuredLink? Link)>>? Connects { get; set; }

    public async Task<Endpoint> ListenAsync(Endpoint endpoint)
    {
        IPAddress address = await Addresses.ResolveAsync(endpoint.Host, CancellationToken.None).ConfigureAwait(false);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(address, endpoint.Port));
            listener.Listen(Backlog);
        }
        catch (SocketException)
        {
            listener.Dispose();
            throw;
        }

        Background.Run(log, "accepting connections", AcceptAsync(listener));
        return endpoint with { Port = ((IPEndPoint)listener.LocalEndPoint!).Port };
    }

    /// <summary>Connects in the background; PostOpened or PostClosed follows.</summary>
    public ConnectionId Dial(Endpoint endpoint)
    {
        var id = new ConnectionId(Interlocked.Increment(ref _lastConnection));
        Background.Run(log, "a dialled connection", DialAsync(id, endpoint));
        return id;
    }

    private async Task AcceptAsync(Socket listener)
    {
        using (listener)
        {
            while (!owner.Stopping.IsCancellationRequested)
            {
                try
                {
                    Socket socket = await listener.AcceptAsync(owner.Stopping).ConfigureAwait(false);
                    Background.Run(log, "an accepted connection", ServeAsync(socket));
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                catch (SocketException e)
                {
                    // Out of descriptors, or a peer gone before it was accepted: neither is a reason to stop listening.
                    Log.AcceptFailed(log, e.Message);
                    await Task.Delay(TimeSpan.FromMilliseconds(AcceptRetryMs), time).ConfigureAwait(false);
                }
            }
        }
    }

    private Task ServeAsync(Socket socket) => ServeAsync(
        new SocketWire(socket), ((IPEndPoint)socket.RemoteEndPoint!).Address, cancel => SecuredLink.AcceptAsync(socket, Security, cancel));

    /// <param name="secure">Secures the connection, if its dialler asks for that.</param>
    public async Task ServeAsync(Wire wire, IPAddress from, Func<CancellationToken, Task<SecuredLink?>> secure)
    {
        using var connection = new Connection(new ConnectionId(Interlocked.Increment(ref _lastConnection)), wire, isDialled: false, Pool)
        {
            LastReceivedMs = owner.ClockMs,
        };
        if (!accepted.TryAdd(connection, from, out Connection? gaveWay))
        {
            Log.TooManyConnections(log, accepted.Count);
            return;
        }

        try
        {
            if (gaveWay is not null)
            {
                ConnectionMeters.GaveWay(gaveWay.Peer.Role);
                gaveWay.Abort(); // Closed follows from its reader
            }

            await TalkAsync(connection, async cancel =>
            {
                if (await secure(cancel).ConfigureAwait(false) is { } link)
                    connection.Secure(link);
                connection.StartSending();
                return await Handshake.AcceptAsync(connection.Input, connection.Output, peer => ScreenAsync(connection, peer), cancel).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        finally
        {
            accepted.Remove(connection);
        }
    }

    private async Task<(Wire Wire, SecuredLink? Link)> ConnectWireAsync(Endpoint endpoint, CancellationToken cancel, CancellationToken cancelHandshake)
    {
        (Socket socket, SecuredLink? link) = await SecuredLink.ConnectAsync(endpoint, Security, cancel, cancelHandshake).ConfigureAwait(false);
        return (new SocketWire(socket), link);
    }

    private async Task DialAsync(ConnectionId id, Endpoint endpoint)
    {
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(Timing.ConnectMs), time);
            using var handshake = new CancellationTokenSource(TimeSpan.FromMilliseconds(Timing.HandshakeMs), time);
            (Wire wire, SecuredLink? link) = await (Connects ?? ConnectWireAsync)(endpoint, timeout.Token, handshake.Token).ConfigureAwait(false);
            using var connection = new Connection(id, wire, isDialled: true, Pool);
            if (link is not null)
                connection.Secure(link);
            await TalkAsync(connection, async cancel =>
            {
                connection.StartSending();
                (Hello own, _) = await owner.ScreenAsync(null).ConfigureAwait(false);
                Hello? peer = await Handshake.DialAsync(connection.Input, connection.Output, own, cancel).ConfigureAwait(false);
                Handshake.DemandListener(link?.Verdict, own, sought: null, peer!.Value);
                return peer;
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            Log.DialFailed(log, id, endpoint, e.Message);
        }
        catch (HelloRefusedException refused)
        {
            Log.HelloRefused(log, id, $"{endpoint}: {refused.Message}");
        }
        finally
        {
            owner.PostClosed(id);
        }
    }

    /// <summary>Whoever does not prove what its hello says never comes before the owner.</summary>
    private async Task<(Hello Own, HelloRefusal? Refusal)> ScreenAsync(Connection connection, Hello? peer)
    {
        HelloRefusal? unproven = Security.WhyNot(connection.Link?.Verdict, peer!.Value);
        (Hello own, HelloRefusal? refusal) = await owner.ScreenAsync(unproven is null ? peer : null).ConfigureAwait(false);
        return (own, unproven ?? refusal);
    }

    /// <summary>Whom this process trusts has changed: ends the secured connections whose peers it would not trust today.</summary>
    public void Recheck()
    {
        foreach (Connection connection in _secured.Values)
        {
            if (Security.StillTrusts(connection.Link!.Verdict))
                continue;
            Log.NoLongerTrusted(log, connection.Id, connection.Describe());
            connection.Abort();
        }
    }

    /// <summary>
    /// Whom this process trusts may have changed during the handshake. First the connection is put where <see cref="Recheck"/> looks, then it
    /// is checked here, so that one of the two sees a change whenever it comes.
    /// </summary>
    private bool IsTrustedStill(Connection connection, in Hello peer)
    {
        if (connection.Link is not { } link)
            return true;

        _secured[connection.Id] = connection;
        if (Security.StillTrusts(link.Verdict))
            return true;
        Log.NoLongerTrusted(log, connection.Id, $"{peer.Role} {peer.Id}");
        return false;
    }

    /// <summary>Does the handshake, then passes frames to the loop until the connection ends.</summary>
    private async Task TalkAsync(Connection connection, Func<CancellationToken, Task<Hello?>> handshake)
    {
        try
        {
            using (var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(Timing.HandshakeMs), time))
            {
                Hello? peer = await ShakeHandsAsync(connection, handshake, deadline.Token).ConfigureAwait(false);
                if (peer is null)
                    return;
                connection.Peer = peer.Value;
                connection.IsToReplica = owner.IsReplica;
            }

            owner.PostOpened(connection); // from here on only the owner writes to the output
            await connection.ReceiveAsync(owner.PostFrames).ConfigureAwait(false);
            owner.PostClosed(connection.Id);
            await LetLeaveAsync(connection).ConfigureAwait(false);
            Log.ConnectionEnded(log, connection.Id, connection.Describe(), "closed by the peer");
        }
        catch (ProtocolViolationException violation)
        {
            Log.ProtocolViolated(log, connection.Id, connection.Describe(), violation.Message);
        }
        catch (HelloRefusedException refused)
        {
            Log.HelloRefused(log, connection.Id, refused.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or ConnectionLostException)
        {
            Log.ConnectionEnded(log, connection.Id, connection.Describe(), e.Message);
        }
        finally
        {
            _secured.TryRemove(connection.Id, out _);
            owner.PostClosed(connection.Id);
        }
    }

    /// <summary>The peer sends nothing more, but may still read: what it was answered has time to leave.</summary>
    private async Task LetLeaveAsync(Connection connection)
    {
        if (!connection.Sending.IsCompleted)
            await Task.WhenAny(connection.Sending, Task.Delay(TimeSpan.FromMilliseconds(LingerMs), time)).ConfigureAwait(false);
    }

    /// <summary>The peer's hello; null if the peer was refused, and has been told so, or is not trusted any more.</summary>
    private async Task<Hello?> ShakeHandsAsync(
        Connection connection, Func<CancellationToken, Task<Hello?>> handshake, CancellationToken cancel)
    {
        Hello? peer = null;
        try
        {
            peer = await handshake(cancel).ConfigureAwait(false);
            if (peer is not null && !IsTrustedStill(connection, peer.Value))
                peer = null;
            return peer;
        }
        finally
        {
            if (peer is null)
            {
                await connection.Output.CompleteAsync().ConfigureAwait(false);
                await connection.Sending.ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Ends a connection that its owner has closed: gives what was sent time to leave, then cuts off a peer that keeps its side open.
    /// </summary>
    public void AbortLater(Connection connection) => Background.Run(log, "closing a connection", AbortLaterAsync(connection));

    private async Task AbortLaterAsync(Connection connection)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(LingerMs), time).ConfigureAwait(false);
        connection.Abort();
    }
}
