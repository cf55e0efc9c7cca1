using System.Buffers;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Framing;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

/// <summary>Who does not read what it asked for: first it is not read, then it is dropped, and nobody else notices.</summary>
public sealed class BacklogTests
{
    private const int AnswerBytes = 200_000;

    /// <summary>Linux's largest socket buffers by default, tcp_wmem and tcp_rmem: what leaves though nobody reads.</summary>
    private const int KernelBytesMax = 10 * 1024 * 1024;

    private static readonly byte[] Question = FrameBytes.Encode(1, default(Count));

    [Test]
    public async Task A_peer_is_not_read_while_it_leaves_its_answers_unread_and_gets_all_of_them_when_it_reads()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        AnswerAtLength(loop);
        using Socket slow = await loop.ConnectRawAsync(Role.User);
        await using RpcClient other = await loop.ConnectAsync();
        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("opened User"))).Should().BeTrue();

        int asked = 0;
        while (loop.Loop.UnsentToUsers <= Backlog.PausedBytes)
        {
            slow.Send(Question);
            asked++;
            (await LoopFixture.BecomesTrueAsync(() => Taken(loop) == asked)).Should().BeTrue();
            await PingAsync(other); // what it was sent is counted
        }

        for (int i = 0; i < 100; i++, asked++)
            slow.Send(Question); // in pieces or at once: far more than it may leave unread
        await PingAsync(other);
        await PingAsync(other);
        Taken(loop).Should().Be(asked - 100, "it is not read");

        Task reading = Task.Run(() => Read(slow, asked));
        (await LoopFixture.BecomesTrueAsync(() => reading.IsCompleted)).Should().BeTrue();
        await reading;
        (await LoopFixture.BecomesTrueAsync(() => loop.Loop.UnsentToUsers == 0)).Should().BeTrue("every byte has left");
    }

    [TestCase(Role.User)]
    [TestCase(Role.Operator)]
    public async Task Of_many_requests_in_one_read_only_those_are_taken_whose_answers_have_room_and_the_rest_follows(Role role)
    {
        const int Asked = 200; // 40 MB of answers to 2 kB of requests
        await using LoopFixture loop = await LoopFixture.StartAsync();
        AnswerAtLength(loop);
        using Socket greedy = await loop.ConnectRawAsync(role);

        await greedy.SendAsync(Enumerable.Repeat(Question, Asked).SelectMany(q => q).ToArray());
        (await LoopFixture.BecomesTrueAsync(() => Taken(loop) > 0)).Should().BeTrue();
        (await loop.AnswersAsync()).Should().BeTrue("others have their turn");

        Taken(loop).Should().BeLessThan((Backlog.PausedBytes + KernelBytesMax) / AnswerBytes);
        Task reading = Task.Run(() => Read(greedy, Asked));
        (await LoopFixture.BecomesTrueAsync(() => reading.IsCompleted)).Should().BeTrue("all are answered");
        await reading;
        Taken(loop).Should().Be(Asked);
    }

    [Test]
    public async Task A_peer_that_is_given_far_more_than_it_reads_is_dropped_and_what_it_left_is_given_back()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        AnswerAtLength(loop, times: 200);
        using Socket greedy = await loop.ConnectRawAsync(Role.User);

        await greedy.SendAsync(Question);

        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("closed"))).Should().BeTrue();
        (await LoopFixture.BecomesTrueAsync(() => loop.Loop.UnsentToUsers == 0)).Should().BeTrue();
        (await loop.AnswersAsync()).Should().BeTrue();
    }

    private static int Taken(LoopFixture loop) => loop.Core.Events.Count(e => e == "received Count");

    private static void AnswerAtLength(LoopFixture loop, int times = 1)
    {
        byte[] filler = new byte[AnswerBytes];
        loop.Core.OnFrame = (connection, in frame) =>
        {
            if (frame.Type == MessageType.Ping)
                loop.Loop.Send(connection, frame.Correlation, default(Pong));
            for (int i = 0; i < times && frame.Type != MessageType.Ping; i++)
                loop.Loop.Send(connection, 0, new Append(default, default, default, default, 0, 0, new ReadOnlySequence<byte>(filler), default));
        };
    }

    private static void Read(Socket socket, int answers)
    {
        byte[] buffer = new byte[64 * 1024];
        for (long left = answers * (long)AnswerBytes; left > 0;)
            left -= socket.Receive(buffer);
    }

    private static Task<Pong> PingAsync(RpcClient client) =>
        client.CallAsync<Ping, Pong>(default, type => new InvalidOperationException($"{type}"), CancellationToken.None);
}
