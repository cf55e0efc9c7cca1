using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Framing;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;
using static JustHungry.Tests.NameServer.Registering;

namespace JustHungry.Tests.NameServer;

/// <summary>The name server as a real process on loopback.</summary>
[Category("Slow")]
[SideBySide]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DaemonTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Storage => "sqlite:" + _directory.File("deep/down/nameserver.db");

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task What_it_acknowledged_is_there_again_after_kill_9_at_any_moment()
    {
        int acknowledged = 0;
        for (int round = 0; round < 3; round++)
        {
            await using NameServerProcess daemon = await NameServerProcess.StartAsync(Storage);
            await using RpcClient client = await daemon.ConnectAsync();
            Listed listed = await CallAsync<List, Listed>(client, new List("", [], false));
            string[] names = [.. listed.Registrations.Select(r => r.Name)];
            names.Length.Should().BeInRange(acknowledged, acknowledged + 1, "one was on its way");
            names.Take(acknowledged).Should().Equal(Enumerable.Range(0, acknowledged).Select(i => $"n{i}"), "the queue keeps its order");

            int killAt = acknowledged + 7 + (round * 5);
            try
            {
                while (true)
                {
                    Task<Registered> registering = CallAsync<Register, Registered>(client, Request(Name($"n{acknowledged}"), always: true));
                    if (acknowledged == killAt)
                        daemon.Kill(); // with one registration on its way
                    await registering;
                    acknowledged++;
                }
            }
            catch (ConnectionLostException)
            {
                // killed
            }
        }

        acknowledged.Should().BeGreaterThan(30);
    }

    [Test]
    public async Task A_view_it_acknowledged_survives_kill_9_and_the_repetition_is_answered_alike()
    {
        View view = View(1, "1", [Member("1"), Member("2")]);
        var bootstrap = new Propose(9, ProposalKind.Bootstrap, default, view, default, false);
        await using (NameServerProcess daemon = await NameServerProcess.StartAsync(Storage))
        {
            await using RpcClient client = await daemon.ConnectAsync();
            await CallAsync<Register, Registered>(client, Request(Replica(Member("1"))));
            await CallAsync<Register, Registered>(client, Request(Replica(Member("2"))));
            await using RpcClient frontEnd = await daemon.ConnectAsync(Role.FrontEnd);
            ProposalOutcome outcome = ProposalOutcome.TooEarly;
            bool made = await LoopFixture.BecomesTrueAsync(async () =>
            {
                outcome = (await CallAsync<Propose, Proposed>(frontEnd, bootstrap)).Outcome;
                return outcome != ProposalOutcome.TooEarly;
            });
            made.Should().BeTrue();
            outcome.Should().Be(ProposalOutcome.Accepted);
            daemon.Kill();
        }

        await using NameServerProcess again = await NameServerProcess.StartAsync(Storage);
        await using RpcClient asker = await again.ConnectAsync(Role.FrontEnd);
        (await CallAsync<GetView, ViewIs>(asker, new GetView(Group))).View!.HasSameContentAs(view).Should().BeTrue();
        (await CallAsync<Propose, Proposed>(asker, bootstrap)).Outcome.Should().Be(ProposalOutcome.Accepted);
    }

    [Test]
    [Platform("Linux,MacOsX")]
    public async Task SIGTERM_stops_it_within_2_s_though_clients_stay_connected_and_the_port_is_free_at_once()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        await using RpcClient client = await daemon.ConnectAsync();

        (int exit, TimeSpan took) = await daemon.TerminateAsync();

        exit.Should().Be(0);
        took.Should().BeLessThan(TimeSpan.FromSeconds(2));
        await using NameServerProcess again = await NameServerProcess.StartAsync("memory", $"{daemon.Endpoint}");
        again.Endpoint.Should().Be(daemon.Endpoint);
    }

    [Test]
    public async Task Garbage_half_frames_and_monstrous_lengths_close_their_connection_and_nothing_else()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");
        await using RpcClient client = await daemon.ConnectAsync();
        byte[] hello = FrameBytes.Encode(0, LoopFixture.HelloOf(Role.Operator));
        byte[] good = FrameBytes.Encode(1, new Lookup("n"));
        byte[][] nonsense =
        [
            "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
            [.. Enumerable.Range(0, 5_000).Select(i => (byte)(i * 131))],
            [0, 0, 0, 0],
            [255, 255, 255, 255],
            good,
            [.. hello, .. good.AsSpan(0, 6)],
            [.. hello, .. BitConverter.GetBytes(FrameLimits.DaemonBytesMax + 1)],
            [.. hello, .. FrameBytes.Prefixed([0x93, 10, 1, 0xC0])],
            [.. hello, .. FrameBytes.Encode(1, default(Status))],
            [.. hello, .. FrameBytes.Prefixed([.. Enumerable.Repeat((byte)0x91, 60_000)])],
        ];

        foreach (byte[] bytes in nonsense)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(daemon.Endpoint.Host, daemon.Endpoint.Port);
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            await LoopFixture.ReadToEndAsync(socket);
            (await CallAsync<Count, Counted>(client, default)).Names.Should().Be(0, "others go on being served");
        }

        daemon.Errors.Should().NotContain(line => line.Contains("crit", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_port_in_use_is_said_with_what_to_try()
    {
        await using NameServerProcess daemon = await NameServerProcess.StartAsync("memory");

        (int exit, string output, string error) = await NameServerProcess.RunAsync(["--listen", $"{daemon.Endpoint}", "--storage", "memory"]);

        exit.Should().Be(1);
        output.Should().BeEmpty("it is not ready");
        error.Should().Contain($"can't listen at {daemon.Endpoint}").And.Contain("--listen");
    }

    [Test]
    public async Task A_second_daemon_on_the_same_file_is_refused_and_a_killed_one_is_replaced()
    {
        await using (NameServerProcess daemon = await NameServerProcess.StartAsync(Storage))
        {
            (int exit, _, string error) = await NameServerProcess.RunAsync(["--listen", "127.0.0.1:0", "--storage", Storage]);
            exit.Should().Be(1);
            error.Should().Contain("in use by another name server");
            daemon.Kill();
        }

        await using NameServerProcess again = await NameServerProcess.StartAsync(Storage);
        (await again.AskAsync("ping")).Exit.Should().Be(0);
    }

    [Test]
    public async Task A_file_that_is_no_database_is_refused()
    {
        string path = _directory.File("notes.txt");
        await File.WriteAllTextAsync(path, new string('x', 5_000));

        (int exit, _, string error) = await NameServerProcess.RunAsync(["--listen", "127.0.0.1:0", "--storage", $"sqlite:{path}"]);

        exit.Should().Be(1);
        error.Should().Contain(path).And.Contain("not a name server's database");
    }

    private static Task<TAnswer> CallAsync<TRequest, TAnswer>(RpcClient client, TRequest request)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer> =>
        client.CallAsync<TRequest, TAnswer>(request, type => new InvalidOperationException($"answered by {type}"), CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(20));
}
