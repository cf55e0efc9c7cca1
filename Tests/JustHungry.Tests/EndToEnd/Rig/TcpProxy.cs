using System.Buffers;
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
/// packets are lost; the ends are not told. Knows from the first frame who dialled, so that it can cut some links only.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private const int PollMs = 5;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Endpoint _server;
    private readonly Task _accepting;
    private readonly List<Task> _serving = [];
    private volatile HashSet<(Role Dialler, Flow Flow)> _cuts = [];

    public TcpProxy(Endpoint server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Endpoint Endpoint => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>A port that was free a moment ago, for a server that must be told where to listen.</summary>
    public static Endpoint FreeEndpoint()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new Endpoint("127.0.0.1", ((IPEndPoint)probe.LocalEndpoint).Port);
    }

    public void Cut(Role dialler, Flow flow) => _cuts = [.. _cuts, (dialler, flow)];

    public void Heal() => _cuts = [];

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
                (byte[] hello, Role role) = await ReadHelloAsync(dialler);
                await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
                await Task.WhenAll(PumpAsync(dialler, server, (role, Flow.ToServer), hello), PumpAsync(server, dialler, (role, Flow.FromServer), []));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or EndOfStreamException or ProtocolViolationException)
            {
                // one of the two is gone, and so is the connection
            }
        }
    }

    private async Task<(byte[] Bytes, Role Role)> ReadHelloAsync(Socket dialler)
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
                return (bytes, new Frame(frame).As<Hello>().Role);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, (Role, Flow) link, byte[] first)
    {
        var buffer = new byte[64 * 1024];
        ReadOnlyMemory<byte> read = first;
        while (true)
        {
            while (_cuts.Contains(link))
                await Task.Delay(PollMs, _end.Token);
            if (read.Length > 0)
                await to.SendAsync(read, _end.Token);

            int count = await from.ReceiveAsync(buffer, _end.Token);
            if (count > 0)
            {
                read = buffer.AsMemory(0, count);
                continue;
            }

            while (_cuts.Contains(link))
                await Task.Delay(PollMs, _end.Token);
            to.Shutdown(SocketShutdown.Send);
            return;
        }
    }
}
