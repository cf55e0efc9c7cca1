using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using ProtocolViolationException = JustHungry.Protocol.Framing.ProtocolViolationException;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>Which way bytes go through a proxy.</summary>
internal enum Flow
{
    ToServer,
    FromServer,
}

/// <summary>
/// Stands between a server and whoever dials it, and cuts links: what is sent on a cut link does not arrive until it is healed, as when
/// packets are lost; the ends are not told. Knows from the first frame who dialled, so that it can cut some links only. All of them together
/// can be made to share a thin link.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int PollMs = 5;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Endpoint _server;
    private readonly Task _accepting;
    private readonly List<Task> _serving = [];
    private readonly ConcurrentDictionary<Flow, ThinLink> _thin = new();
    private readonly ConcurrentQueue<Role> _dialled = new();
    private volatile IReadOnlyList<(Predicate<Hello> Dialler, Flow Flow)> _cuts = [];

    public TcpProxy(Endpoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Endpoint Endpoint => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>Cuts one direction of every link whose dialler is meant, those to come too.</summary>
    public void Cut(Predicate<Hello> dialler, Flow flow) => _cuts = [.. _cuts, (dialler, flow)];

    public void Heal() => _cuts = [];

    /// <summary>From now on one direction carries only so much, of all connections together.</summary>
    public ThinLink Narrow(Flow flow, int bytesPerSecond) => _thin[flow] = new ThinLink(bytesPerSecond);

    /// <summary>How many connections diallers of this role have begun.</summary>
    public int Dialled(Role role) => _dialled.Count(r => r == role);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private async Task ServeAsync(Socket dialler)
    {
        using (dialler)
        using (var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            try
            {
                dialler.NoDelay = true;
                (byte[] first, Hello hello) = await ReadHelloAsync(dialler);
                _dialled.Enqueue(hello.Role);
                await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
                await Task.WhenAll(PumpAsync(dialler, server, hello, Flow.ToServer, first), PumpAsync(server, dialler, hello, Flow.FromServer, []));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or EndOfStreamException or ProtocolViolationException)
            {
                // one of the two is gone, and so is the connection
            }
        }
    }

    private async Task<(byte[] Bytes, Hello Hello)> ReadHelloAsync(Socket dialler)
    {
        byte[] bytes = [];
        while (true)
        {
            var buffer = new byte[FrameLimits.HelloBytesMax];
            int read = await dialler.ReceiveAsync(buffer, _end.Token);
            if (read == 0)
                throw new EndOfStreamException();

            bytes = [.. bytes, .. buffer[..read]];
            var rest = new ReadOnlySequence<byte>(bytes);
            if (FrameScanner.TryRead(ref rest, FrameLimits.HelloBytesMax, out ReadOnlySequence<byte> frame))
                return (bytes, new Frame(frame).As<Hello>());
        }
    }

    private async Task PumpAsync(Socket from, Socket to, Hello dialler, Flow flow, byte[] first)
    {
        var buffer = new byte[64 * 1024];
        ReadOnlyMemory<byte> read = first;
        while (true)
        {
            await PassableAsync(dialler, flow);
            if (read.Length > 0)
                await SendAsync(to, flow, read);

            int count = await from.ReceiveAsync(buffer, _end.Token);
            if (count > 0)
            {
                read = buffer.AsMemory(0, count);
                continue;
            }

            await PassableAsync(dialler, flow);
            to.Shutdown(SocketShutdown.Send);
            return;
        }
    }

    private async Task SendAsync(Socket to, Flow flow, ReadOnlyMemory<byte> bytes)
    {
        if (!_thin.TryGetValue(flow, out ThinLink? link))
        {
            await to.SendAsync(bytes, _end.Token);
            return;
        }

        for (; bytes.Length > 0; bytes = bytes[Math.Min(bytes.Length, ThinLink.PieceBytes)..])
        {
            ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, ThinLink.PieceBytes)];
            await link.PassAsync(piece.Length, _end.Token);
            await to.SendAsync(piece, _end.Token);
        }
    }

    private async Task PassableAsync(Hello dialler, Flow flow)
    {
        while (_cuts.Any(cut => cut.Flow == flow && cut.Dialler(dialler)))
            await Task.Delay(PollMs, _end.Token);
    }
}
