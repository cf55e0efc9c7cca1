using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

public sealed class RpcClientTests
{
    [Test]
    public async Task Many_calls_in_flight_each_get_their_own_answer_in_whatever_order_it_comes()
    {
        const int Calls = 500;
        await using LoopFixture loop = await LoopFixture.StartAsync();
        List<(ConnectionId, ulong, string)> asked = [];
        loop.Core.OnFrame = (connection, in frame) =>
        {
            asked.Add((connection, frame.Correlation, frame.As<Lookup>().Name));
            if (asked.Count < Calls)
                return;
            asked.Reverse();
            foreach ((ConnectionId from, ulong correlation, string name) in asked)
                loop.Loop.Send(from, correlation, new Counted(int.Parse(name)));
        };
        await using RpcClient client = await loop.ConnectAsync();

        Counted[] answers = await Task.WhenAll(Enumerable.Range(0, Calls).Select(i => CallAsync(client, i)));

        answers.Select(a => a.Names).Should().Equal(Enumerable.Range(0, Calls));
    }

    [Test]
    public async Task When_the_connection_ends_every_pending_call_fails_at_once()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        int asked = 0;
        loop.Core.OnFrame = (connection, in frame) =>
        {
            if (++asked == 20)
                loop.Loop.Close(connection);
        };
        await using RpcClient client = await loop.ConnectAsync();

        Task<Counted>[] calls = [.. Enumerable.Range(0, 20).Select(i => CallAsync(client, i))];

        foreach (Task<Counted> call in calls)
        {
            Func<Task> answer = () => call.WaitAsync(TimeSpan.FromSeconds(10));
            await answer.Should().ThrowAsync<ConnectionLostException>();
        }

        client.IsOpen.Should().BeFalse();
        Func<Task> later = () => CallAsync(client, 99);
        await later.Should().ThrowAsync<ConnectionLostException>();
    }

    [Test]
    public async Task When_the_client_is_disposed_calls_that_wait_for_their_turn_to_write_fail_too()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        RpcClient client = await loop.ConnectAsync();
        using var stands = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        _ = Task.Run(() => loop.Loop.Post((_, _) => // in that thread, if the loop waits
        {
            stands.Set();
            goesOn.Wait(10_000);
        }));
        stands.Wait(10_000).Should().BeTrue(); // it reads nothing, so the socket is soon full
        var large = new Lookup(new string('x', FrameLimits.UserBytesMax - 100));
        Task[] calls = [.. Enumerable.Range(0, 300).Select(_ => client.CallAsync<Lookup, Counted>(large, Refuse, CancellationToken.None))];

        await client.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        goesOn.Set();

        foreach (Task call in calls)
        {
            Func<Task> answer = () => call.WaitAsync(TimeSpan.FromSeconds(10));
            await answer.Should().ThrowAsync<ConnectionLostException>();
        }
    }

    [Test]
    public async Task A_call_that_is_given_up_leaves_the_connection_in_use()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        ulong first = 0;
        loop.Core.OnFrame = (connection, in frame) =>
        {
            if (first == 0)
            {
                first = frame.Correlation;
                return;
            }

            loop.Loop.Send(connection, first, new Counted(-1)); // too late: nobody waits for it any more
            loop.Loop.Send(connection, frame.Correlation, new Counted(int.Parse(frame.As<Lookup>().Name)));
        };
        await using RpcClient client = await loop.ConnectAsync();
        using var patience = new CancellationTokenSource();

        Task<Counted> abandoned = client.CallAsync<Lookup, Counted>(new Lookup("1"), Refuse, patience.Token);
        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("received Lookup"))).Should().BeTrue();
        await patience.CancelAsync();

        Func<Task> waiting = () => abandoned;
        await waiting.Should().ThrowAsync<OperationCanceledException>();
        (await CallAsync(client, 2)).Names.Should().Be(2);
    }

    [Test]
    public async Task An_answer_of_another_type_becomes_what_the_caller_makes_of_it()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        await using RpcClient client = await loop.ConnectAsync();

        Func<Task> call = () => client.CallAsync<Ping, Counted>(default, Refuse, CancellationToken.None);

        await call.Should().ThrowAsync<InvalidOperationException>().WithMessage("refused: Pong");
    }

    [Test]
    public async Task A_request_that_is_too_long_is_not_sent_and_the_connection_stays()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        await using RpcClient client = await loop.ConnectAsync();

        Func<Task> call = () => client.CallAsync<Append, Pong>(
            new Append(default, default, default, default, 0, 0, new ReadOnlySequence<byte>(new byte[FrameLimits.DaemonBytesMax]), default), Refuse, CancellationToken.None);

        await call.Should().ThrowAsync<InvalidOperationException>();
        await client.CallAsync<Ping, Pong>(default, Refuse, CancellationToken.None);
    }

    [Test]
    public async Task Closing_a_client_fails_its_calls_and_ends_the_connection()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnFrame = (connection, in frame) => { };
        RpcClient client = await loop.ConnectAsync();
        Task<Counted> pending = CallAsync(client, 1);

        await client.DisposeAsync();

        Func<Task> waiting = () => pending.WaitAsync(TimeSpan.FromSeconds(10));
        await waiting.Should().ThrowAsync<ConnectionLostException>();
        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("closed"))).Should().BeTrue();
    }

    [Test]
    public async Task Nobody_there_is_said_with_the_address()
    {
        LoopFixture gone = await LoopFixture.StartAsync();
        await gone.DisposeAsync();

        Func<Task> connect = () => gone.ConnectAsync();

        (await connect.Should().ThrowAsync<ConnectionLostException>()).Which.Message.Should().StartWith($"{gone.Endpoint}: ");
    }

    private static Task<Counted> CallAsync(RpcClient client, int number) =>
        client.CallAsync<Lookup, Counted>(new Lookup($"{number}"), Refuse, CancellationToken.None);

    private static InvalidOperationException Refuse(MessageType type) => new($"refused: {type}");
}
