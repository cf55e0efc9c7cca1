using System.Buffers;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Framing;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

/// <summary>Who does not read what it asked for: first it is not read, then it is dropped, and nobody else notices.</summary>
public sealed class BacklogTests
{
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

    [Test]
    public async Task A_peer_that_asks_for_far_too_much_at_once_is_dropped_and_what_it_left_is_given_back()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        AnswerAtLength(loop);
        using Socket greedy = await loop.ConnectRawAsync(Role.User);

        await greedy.SendAsync(Enumerable.Repeat(Question, 200).SelectMany(q => q).ToArray());

        (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Contains("closed"))).Should().BeTrue();
        (await LoopFixture.BecomesTrueAsync(() => loop.Loop.UnsentToUsers == 0)).Should().BeTrue();
        (await loop.AnswersAsync()).Should().BeTrue();
    }

    private static int Taken(LoopFixture loop) => loop.Core.Events.Count(e => e == "received Count");

    private static void AnswerAtLength(LoopFixture loop)
    {
        byte[] filler = new byte[200_000];
        loop.Core.OnFrame = (connection, in frame) =>
        {
            if (frame.Type == MessageType.Ping)
                loop.Loop.Send(connection, frame.Correlation, default(Pong));
            else
                loop.Loop.Send(connection, 0, new Append(default, 0, default, default, 0, 0, new ReadOnlySequence<byte>(filler), default));
        };
    }

    private static void Read(Socket socket, int answers)
    {
        byte[] buffer = new byte[64 * 1024];
        for (long left = answers * 200_000L; left > 0;)
            left -= socket.Receive(buffer);
    }

    private static Task<Pong> PingAsync(RpcClient client) =>
        client.CallAsync<Ping, Pong>(default, type => new InvalidOperationException($"{type}"), CancellationToken.None);
}
