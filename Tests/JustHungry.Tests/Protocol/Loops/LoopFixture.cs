using System.Diagnostics;
using System.Net.Sockets;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Protocol.Framing;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.Tests.Protocol.Loops;

/// <summary>A running loop round a <see cref="ProbeCore"/>, listening on a free port of loopback.</summary>
internal sealed class LoopFixture : IAsyncDisposable
{
    private LoopFixture(CoreLoop<ProbeCore> loop, ProbeCore core, Endpoint endpoint)
    {
        Loop = loop;
        Core = core;
        Endpoint = endpoint;
        Running = loop.RunAsync(core);
    }

    public CoreLoop<ProbeCore> Loop { get; }

    public ProbeCore Core { get; }

    public Endpoint Endpoint { get; }

    public Task Running { get; }

    public static async Task<LoopFixture> StartAsync(TimeProvider? time = null, LinkSecurity? security = null)
    {
        var loop = new CoreLoop<ProbeCore>(time ?? TimeProvider.System, NullLogger.Instance);
        loop.Secure(security ?? LinkSecurity.Off);
        return new LoopFixture(loop, new ProbeCore(loop), await loop.ListenAsync(new Endpoint("127.0.0.1", 0)));
    }

    public static Hello HelloOf(Role role) => new(role, "test", DiskId.None, new BootId(7), ClusterId.None, "JH_orders");

    public Task<RpcClient> ConnectAsync(Role role = Role.Operator) =>
        RpcClient.ConnectAsync(Endpoint, Role.NameServer, HelloOf(role), TimeSpan.FromSeconds(10), CancellationToken.None);

    /// <summary>A bare socket, without a hello.</summary>
    public async Task<Socket> ConnectRawAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        await socket.ConnectAsync(Endpoint.Host, Endpoint.Port);
        return socket;
    }

    /// <summary>A bare socket whose hello was sent; the answer is not read yet.</summary>
    public async Task<Socket> ConnectRawAsync(Role role)
    {
        Socket socket = await ConnectRawAsync();
        await socket.SendAsync(FrameBytes.Encode(0, HelloOf(role)));
        return socket;
    }

    /// <summary>Still there: a new connection gets its answer.</summary>
    public async Task<bool> AnswersAsync()
    {
        await using RpcClient client = await ConnectAsync();
        await client.CallAsync<Ping, Pong>(default, type => new InvalidOperationException($"{type}"), CancellationToken.None);
        return true;
    }

    public async Task StopAsync()
    {
        Loop.Stop();
        await Running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Loop.Dispose();
    }

    /// <summary>Polls until the condition holds; false if it does not within 10 s.</summary>
    public static Task<bool> BecomesTrueAsync(Func<bool> condition, Action? between = null) =>
        BecomesTrueAsync(() => Task.FromResult(condition()), between);

    /// <summary>Polls until the condition holds; false if it does not within 10 s.</summary>
    public static async Task<bool> BecomesTrueAsync(Func<Task<bool>> condition, Action? between = null)
    {
        var stopwatch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (stopwatch.Elapsed > TimeSpan.FromSeconds(10))
                return false;
            between?.Invoke();
            await Task.Delay(5);
        }

        return true;
    }

    /// <summary>Everything the peer sends until it closes. A reset is a close too.</summary>
    public static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer, deadline.Token)) > 0;)
                all.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
        }

        return all.ToArray();
    }
}
