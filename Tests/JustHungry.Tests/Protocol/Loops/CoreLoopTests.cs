using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Framing;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Loops;

public sealed class CoreLoopTests
{
    [Test]
    public async Task Half_a_frame_and_then_the_end_closes_and_harms_nobody_else()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        using Socket socket = await loop.ConnectRawAsync(Role.FrontEnd);

        await socket.SendAsync(FrameBytes.Encode(1, default(Ping)).AsMemory(0, 5));
        socket.Shutdown(SocketShutdown.Send);

        await LoopFixture.ReadToEndAsync(socket);
        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("closed"))).Should().BeTrue();
        loop.Core.Events.Should().Equal("opened FrontEnd", "closed");
        (await loop.AnswersAsync()).Should().BeTrue();
    }

    [Test]
    public async Task A_connection_that_opens_when_the_loop_has_stopped_is_closed()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var late = new TcpClient();
        await late.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var connection = new Connection(new ConnectionId(99), new SocketWire(await listener.AcceptSocketAsync()), isDialled: false);
        await loop.StopAsync();

        ((IConnectionOwner)loop.Loop).PostOpened(connection);

        await LoopFixture.ReadToEndAsync(late.Client);
    }

    [TestCase(Role.FrontEnd, FrameLimits.DaemonBytesMax + 1)]
    [TestCase(Role.User, FrameLimits.UserBytesMax + 1)]
    [TestCase(Role.Operator, FrameLimits.UserBytesMax + 1)]
    public async Task A_prefix_over_the_limit_of_the_role_closes_at_once(Role role, int length)
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        using Socket socket = await loop.ConnectRawAsync(role);

        await socket.SendAsync(BitConverter.GetBytes(length));

        await LoopFixture.ReadToEndAsync(socket);
        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("closed"))).Should().BeTrue();
        (await loop.AnswersAsync()).Should().BeTrue();
    }

    [Test]
    public async Task A_violation_that_the_core_finds_closes_that_connection_only_and_the_core_is_told_once()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        await using RpcClient other = await loop.ConnectAsync();
        using Socket socket = await loop.ConnectRawAsync(Role.Replica);

        await socket.SendAsync((byte[])[.. FrameBytes.Encode(1, default(Count)), .. FrameBytes.Encode(2, default(Ping))]);

        await LoopFixture.ReadToEndAsync(socket);
        await PingAsync(other);
        await PingAsync(other);
        loop.Core.Events.Count(e => e == "closed").Should().Be(1);
        loop.Core.Events.Should().ContainSingle(e => e == "received Count");
        loop.Core.Events.Count(e => e == "received Ping").Should().Be(2, "nothing of the closed connection is served any more");
    }

    [Test]
    public async Task What_was_sent_before_a_close_arrives_and_nothing_after_it()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnFrame = (connection, in frame) =>
        {
            loop.Loop.Send(connection, frame.Correlation, default(Pong));
            loop.Loop.Close(connection);
            loop.Loop.Send(connection, frame.Correlation, default(Pong));
        };
        using Socket socket = await loop.ConnectRawAsync(Role.Operator);

        await socket.SendAsync((byte[])[.. FrameBytes.Encode(1, default(Ping)), .. FrameBytes.Encode(2, default(Ping))]);

        byte[] expected = [.. FrameBytes.Encode(0, loop.Core.OwnHello()), .. FrameBytes.Encode(1, default(Pong))];
        (await LoopFixture.ReadToEndAsync(socket)).Should().Equal(expected);
        loop.Core.Events.Should().Equal("opened Operator", "received Ping"); // not closed: whoever closes knows
    }

    [Test]
    public async Task A_dial_opens_on_both_sides_and_a_failed_one_closes()
    {
        await using LoopFixture listener = await LoopFixture.StartAsync();
        await using LoopFixture dialler = await LoopFixture.StartAsync();
        await using LoopFixture gone = await LoopFixture.StartAsync();
        await gone.StopAsync();

        dialler.Loop.Post((_, _) => dialler.Loop.Dial(listener.Endpoint));
        (await LoopFixture.BecomesTrueAsync(() => listener.Core.Events.Contains("opened NameServer"))).Should().BeTrue();
        (await LoopFixture.BecomesTrueAsync(() => dialler.Core.Events.Contains("opened NameServer"))).Should().BeTrue();

        dialler.Loop.Post((_, _) => dialler.Loop.Dial(gone.Endpoint));
        (await LoopFixture.BecomesTrueAsync(() => dialler.Core.Events.Contains("closed"))).Should().BeTrue();
    }

    [Test]
    public async Task A_dial_that_was_given_up_is_never_opened()
    {
        await using LoopFixture listener = await LoopFixture.StartAsync();
        await using LoopFixture dialler = await LoopFixture.StartAsync();

        dialler.Loop.Post((_, _) => dialler.Loop.Close(dialler.Loop.Dial(listener.Endpoint)));

        (await LoopFixture.BecomesTrueAsync(() => listener.Core.Events.Contains("closed"))).Should().BeTrue();
        dialler.Core.Events.Should().BeEmpty();
    }

    [Test]
    public async Task An_idle_user_is_closed_after_130_s_and_a_daemon_is_not()
    {
        var time = new ManualTime();
        await using LoopFixture loop = await LoopFixture.StartAsync(time);
        using Socket user = await loop.ConnectRawAsync(Role.User);
        await using RpcClient daemon = await loop.ConnectAsync(Role.FrontEnd);
        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Count == 2)).Should().BeTrue();
        Task<byte[]> reading = LoopFixture.ReadToEndAsync(user);

        time.Advance(TimeSpan.FromSeconds(120));
        await PingAsync(daemon);
        reading.IsCompleted.Should().BeFalse();

        (await LoopFixture.BecomesTrueAsync(() => reading.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(6)))).Should().BeTrue();
        await PingAsync(daemon);
    }

    [Test]
    public async Task A_stopping_loop_lets_its_last_answers_leave()
    {
        LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnFrame = (connection, in frame) =>
        {
            loop.Loop.Send(connection, frame.Correlation, default(Pong));
            loop.Loop.Stop();
        };
        await using RpcClient client = await loop.ConnectAsync();

        await PingAsync(client);

        await loop.DisposeAsync();
    }

    [Test]
    public async Task What_is_posted_before_the_loop_runs_waits_for_it_and_gets_its_core()
    {
        using var loop = new CoreLoop<ProbeCore>(TimeProvider.System, NullLogger.Instance);
        var got = new TaskCompletionSource<ProbeCore>();
        loop.Post((core, _) => got.SetResult(core));
        got.Task.IsCompleted.Should().BeFalse();
        var probe = new ProbeCore(loop);

        Task running = loop.RunAsync(probe);

        (await got.Task.WaitAsync(TimeSpan.FromSeconds(10))).Should().BeSameAs(probe);
        loop.Stop();
        await running;
    }

    [Test]
    public async Task Ticks_come_as_often_as_the_core_asks()
    {
        var time = new ManualTime();
        using var loop = new CoreLoop<ProbeCore>(time, NullLogger.Instance);
        int ticks = 0;
        var probe = new ProbeCore(loop) { TickMs = 100, OnTick = _ => Interlocked.Increment(ref ticks) };
        Task running = loop.RunAsync(probe); // every event is handled in the thread that brings it

        time.Advance(TimeSpan.FromMilliseconds(1)); // the first tick is due at once
        time.Advance(TimeSpan.FromMilliseconds(80));
        Volatile.Read(ref ticks).Should().Be(1);
        time.Advance(TimeSpan.FromMilliseconds(20));
        Volatile.Read(ref ticks).Should().Be(2);
        loop.Stop();
        await running;
    }

    [Test]
    public async Task A_failure_of_the_core_ends_the_loop()
    {
        LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnTick = _ => throw new InvariantException("planted");

        Func<Task> stopped = () => loop.Running.WaitAsync(TimeSpan.FromSeconds(10));

        await stopped.Should().ThrowAsync<InvariantException>();
        loop.Loop.Dispose();
    }

    [Test]
    public async Task What_awaits_the_loops_end_goes_on_in_another_thread_than_the_one_that_ended_it()
    {
        var time = new ManualTime(); // no tick takes the loop to a thread of its own
        using var loop = new CoreLoop<ProbeCore>(time, NullLogger.Instance);
        var disk = new Thread(loop.Stop);
        Task<Thread> after = loop.RunAsync(new ProbeCore(loop))
            .ContinueWith(_ => Thread.CurrentThread, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        disk.Start();

        (await after.WaitAsync(TimeSpan.FromSeconds(10))).Should().NotBeSameAs(disk, "the daemon waits for the disk's thread to end");
    }

    [Test]
    public async Task Whoever_brings_an_event_is_let_go_after_one_batch_however_much_follows()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync(new ManualTime());
        using var done = new CancellationTokenSource();
        void KeepBusy(ProbeCore core, Now now)
        {
            if (!done.IsCancellationRequested)
                loop.Loop.Post(KeepBusy);
        }

        Task bringing = Task.Run(() => loop.Loop.Post(KeepBusy));

        bool isLetGo = await LoopFixture.BecomesTrueAsync(() => bringing.IsCompleted);
        await done.CancelAsync();
        isLetGo.Should().BeTrue("the loop goes on in a thread of its own");
        await bringing;
    }

    private static Task<Pong> PingAsync(RpcClient client) =>
        client.CallAsync<Ping, Pong>(default, type => new InvalidOperationException($"{type}"), CancellationToken.None);

    private static void TrySend(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException)
        {
            // dropped: that is what the test waits for
        }
    }
}
