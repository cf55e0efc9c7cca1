using System.Buffers;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Whoever connects to a port may send anything: the connection is closed, the daemon lives, nothing is lost.</summary>
[SideBySide]
public sealed class GarbageAtThePorts
{
    /// <summary>The handshake's 5 s, and a busy machine.</summary>
    private const int CloseDeadlineMs = 15_000;

    [Test]
    public Task Garbage_and_half_frames_close_their_connection_only() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
        Endpoint[] ports =
        [
            cluster.NameServerEndpoint, await cluster.FrontEnds[0].ReadyAsync(), .. await Task.WhenAll(cluster.Servers.Values.Select(s => s.ReadyAsync())),
        ];

        byte[] hello = HelloAs(Role.Operator);
        byte[] noise = new byte[4096];
        new Random(1).NextBytes(noise);
        byte[][] nonsense =
        [
            noise,
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            [0, 0, 0, 0],
            [0xFF, 0xFF, 0xFF, 0x7F, 0x92],
            [5, 0, 0, 0, 0x92, 1, 0, 0xC0, 0xC0],
            hello[..10], // half a hello, and then nothing
            [.. hello, .. noise],
            [.. hello, 0xFF, 0xFF, 0xFF, 0xFF],
            [.. hello, 3, 0, 0, 0, 0x92, 60, 0], // an Append without its fields
        ];
        await Task.WhenAll(ports.SelectMany(port => nonsense.Select(bytes => IsClosedAsync(port, bytes))));
        await Task.WhenAll(ports.Select(port => LeaveHalfwayAsync(port, [.. hello, 200, 0, 0, 0, 0x92])));

        cluster.Servers.Values.Append(cluster.NameServer).Append(cluster.FrontEnds[0]).Should().OnlyContain(p => !p.HasExited);
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(2);
        await cluster.SettledAsync("1", "2", "3");
    });

    [Test]
    public Task A_body_that_promises_four_gigabytes_is_refused_and_stops_nobody() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        string primary = await cluster.PrimaryAsync();
        Endpoint frontEnd = await cluster.FrontEnds[0].ReadyAsync();

        foreach (RequestKind kind in Enum.GetValues<RequestKind>())
        {
            AnswerCode answer = await AskAsync(frontEnd, new UserRequest(
                new UserId(FreshIds.Next()), new UserKey(1, 2), kind.IsUpdate() ? new Sequence(1) : Sequence.None, kind.IsUpdate() ? new RequestId(FreshIds.Next()) : default, kind,
                new ReadOnlySequence<byte>([0xC6, 0xFF, 0xFF, 0xFF, 0xFF])));
            answer.Should().NotBe(AnswerCode.Overloaded, $"{kind} was answered by a primary that read it").And.NotBe(AnswerCode.TooFewReplicas);
        }

        (await cluster.PrimaryAsync()).Should().Be(primary);
        cluster.Servers.Values.Append(cluster.FrontEnds[0]).Should().OnlyContain(p => !p.HasExited);
        (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
    });

    [Test]
    public Task A_name_that_promises_four_gigabytes_does_not_stop_a_name_server() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        byte[] lookup = [8, 0, 0, 0, 0x93, 14, 1, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF]; // [Lookup, correlation, a text of 2^32 - 1 bytes]

        await IsClosedAsync(cluster.NameServerEndpoint, [.. HelloAs(Role.User), .. lookup]);

        cluster.NameServer.HasExited.Should().BeFalse();
        (await cluster.RunAsync("nameserver", "list")).ShouldExit(0);
    });

    private static byte[] HelloAs(Role role)
    {
        var bytes = new ArrayBufferWriter<byte>();
        new FrameWriter().Write(bytes, 0, new Hello(role, "", DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, "JH_orders"));
        return bytes.WrittenSpan.ToArray();
    }

    private static async Task IsClosedAsync(Endpoint port, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(port.Host, port.Port);
        await client.GetStream().WriteAsync(bytes);
        using var deadline = new CancellationTokenSource(CloseDeadlineMs);
        var answer = new byte[4096];
        try
        {
            while (await client.GetStream().ReadAsync(answer, deadline.Token) > 0)
            {
                // its own hello, or a refusal; then the end
            }
        }
        catch (IOException)
        {
            // reset: closed as well
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{port} did not close a connection that brought {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 12)))}…");
        }
    }

    private static async Task LeaveHalfwayAsync(Endpoint port, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(port.Host, port.Port);
        await client.GetStream().WriteAsync(bytes);
    }

    private static async Task<AnswerCode> AskAsync(Endpoint frontEnd, UserRequest request)
    {
        var hello = new Hello(Role.User, "", DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, "JH_orders");
        await using RpcClient user = await RpcClient.ConnectAsync(frontEnd, Role.FrontEnd, hello, TimeSpan.FromSeconds(10), CancellationToken.None);
        using var deadline = new CancellationTokenSource(CloseDeadlineMs);
        return await user.CallAsync(new Request(request), frame => Answer.CodeOf(frame.As<Reply>().Answer), deadline.Token);
    }
}
