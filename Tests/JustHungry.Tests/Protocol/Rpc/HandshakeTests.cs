using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Framing;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

public sealed class HandshakeTests
{
    [Test]
    public async Task Both_sides_learn_who_the_other_is()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        await using RpcClient client = await loop.ConnectAsync(Role.FrontEnd);

        client.Peer.Role.Should().Be(Role.NameServer);
        client.Peer.Id.Should().Be("probe");
        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("opened FrontEnd"))).Should().BeTrue();
    }

    [Test]
    public async Task A_refused_peer_is_told_why_and_the_core_never_meets_it()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.Refusal = HelloRefusal.OtherCluster;

        Func<Task> connect = () => loop.ConnectAsync();

        (await connect.Should().ThrowAsync<HelloRefusedException>()).Which.Reason.Should().Be(HelloRefusal.OtherCluster);
        loop.Core.Events.Should().BeEmpty();
    }

    [Test]
    public async Task Another_version_is_refused_with_ours()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        using Socket socket = await loop.ConnectRawAsync();

        await socket.SendAsync(FrameBytes.Encode(0, LoopFixture.HelloOf(Role.Operator) with { Version = 2 }));

        byte[] answer = await LoopFixture.ReadToEndAsync(socket);
        FrameBytes.Decode<HelloRefused>(answer).Should().Be(new HelloRefused(HelloRefusal.Version, Hello.CurrentVersion));
        loop.Core.Events.Should().BeEmpty();
    }

    [TestCase("ann\nserver 1 is down")]
    [TestCase("\u001b[2J")]
    public async Task Who_would_write_into_the_log_is_closed(string id)
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        using Socket socket = await loop.ConnectRawAsync();

        await socket.SendAsync(FrameBytes.Encode(0, LoopFixture.HelloOf(Role.User) with { Id = id }));

        (await LoopFixture.ReadToEndAsync(socket)).Should().BeEmpty();
        loop.Core.Events.Should().BeEmpty();
    }

    [Test]
    public async Task A_dialler_refuses_a_listener_of_another_version()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task answering = AnswerAsync(listener, FrameBytes.Encode(0, LoopFixture.HelloOf(Role.NameServer) with { Version = 9 }));

        Func<Task> connect = () => RpcClient.ConnectAsync(
            new Endpoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), Role.NameServer, LoopFixture.HelloOf(Role.Operator), TimeSpan.FromSeconds(10),
            CancellationToken.None);

        (await connect.Should().ThrowAsync<HelloRefusedException>()).Which.Message.Should().Contain("version 9");
        await answering;
    }

    [Test]
    public async Task Whoever_says_no_hello_within_5_s_is_closed()
    {
        var time = new ManualTime();
        await using LoopFixture loop = await LoopFixture.StartAsync(time);
        using Socket silent = await loop.ConnectRawAsync();
        Task<byte[]> reading = LoopFixture.ReadToEndAsync(silent);

        time.Advance(TimeSpan.FromSeconds(4));
        (await loop.AnswersAsync()).Should().BeTrue();
        reading.IsCompleted.Should().BeFalse("it has a second left");

        (await LoopFixture.BecomesTrueAsync(() => reading.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(1)))).Should().BeTrue();
        (await reading).Should().BeEmpty();
    }

    [Test]
    public async Task A_listener_that_never_answers_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Func<Task> connect = () => RpcClient.ConnectAsync(
            new Endpoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), Role.NameServer, LoopFixture.HelloOf(Role.Operator), TimeSpan.FromMilliseconds(200),
            CancellationToken.None);

        (await connect.Should().ThrowAsync<ConnectionLostException>()).Which.Message.Should().Contain("did not answer within 0.2 s");
    }

    [Test]
    public async Task Frames_that_come_with_the_hello_are_served()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        using Socket socket = await loop.ConnectRawAsync();

        await socket.SendAsync((byte[])[.. FrameBytes.Encode(0, LoopFixture.HelloOf(Role.Operator)), .. FrameBytes.Encode(5, default(Ping))]);

        byte[] expected = [.. FrameBytes.Encode(0, loop.Core.OwnHello()), .. FrameBytes.Encode(5, default(Pong))];
        byte[] received = new byte[expected.Length];
        using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        received.Should().Equal(expected);
    }

    [TestCase(new byte[] { 0x01, 0x10, 0x00, 0x00 }, TestName = "A_hello_over_4_KiB_is_closed")]
    [TestCase(new byte[] { 0, 0, 0, 0 }, TestName = "An_empty_hello_is_closed")]
    [TestCase(new byte[] { (byte)'G', (byte)'E', (byte)'T', (byte)' ', (byte)'/' }, TestName = "Http_is_closed")]
    [TestCase(new byte[] { 3, 0, 0, 0, 0x92, 0x16, 0x01 }, TestName = "A_ping_before_the_hello_is_closed")]
    public async Task Nonsense_instead_of_a_hello(byte[] nonsense)
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        using Socket socket = await loop.ConnectRawAsync();

        await socket.SendAsync(nonsense);

        (await LoopFixture.ReadToEndAsync(socket)).Should().BeEmpty();
        loop.Core.Events.Should().BeEmpty();
        (await loop.AnswersAsync()).Should().BeTrue();
    }

    private static async Task AnswerAsync(TcpListener listener, byte[] answer)
    {
        using Socket socket = await listener.AcceptSocketAsync();
        await socket.ReceiveAsync(new byte[1024]);
        await socket.SendAsync(answer);
        await LoopFixture.ReadToEndAsync(socket);
    }
}
