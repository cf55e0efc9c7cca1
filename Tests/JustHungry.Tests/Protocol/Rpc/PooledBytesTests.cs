using System.Buffers;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Tests.Protocol.Framing;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

/// <summary>Every byte arrives as it was written, though the buffers between are given back, and spoilt, as soon as they may be.</summary>
public sealed class PooledBytesTests
{
    [Test]
    public async Task A_slow_reader_gets_every_byte_of_answers_whose_buffers_are_used_again()
    {
        const int Asked = 40;
        const int AnswerBytes = 200_000; // 8 MB: more than the kernel's buffers, so most of it waits here
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnFrame = (connection, in frame) =>
            loop.Loop.Send(connection, frame.Correlation, new Reply(new ReadOnlySequence<byte>(PatternOf(frame.Correlation, AnswerBytes))));
        using Socket slow = await loop.ConnectRawAsync(Role.User);
        slow.ReceiveBufferSize = 64 * 1024;

        for (ulong i = 1; i <= Asked; i++)
            await slow.SendAsync(FrameBytes.Encode(i, default(Ping)));
        var reader = new FrameByFrame(slow);
        reader.Next(); // the hello
        for (ulong i = 1; i <= Asked; i++)
        {
            var frame = new Frame(reader.Next());
            frame.Correlation.Should().Be(i);
            frame.As<Reply>().Answer.ToArray().AsSpan().SequenceEqual(PatternOf(i, AnswerBytes)).Should().BeTrue($"answer {i}");
        }
    }

    [Test]
    public async Task Many_requests_in_pieces_of_any_size_are_echoed_byte_by_byte()
    {
        const int Calls = 300;
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnFrame = (connection, in frame) => loop.Loop.Send(connection, frame.Correlation, new Reply(frame.As<Request>().Content.Body));
        using Socket socket = await loop.ConnectRawAsync(Role.User);
        var random = new Random(1);
        byte[][] bodies = [.. Enumerable.Range(1, Calls).Select(i => PatternOf((ulong)i, random.Next(1, 9_000)))];
        byte[] sent = [.. bodies.SelectMany((body, i) => FrameBytes.Encode((ulong)i, new Request(new UserRequest(
            default, default, default, default, RequestKind.ProductList, new ReadOnlySequence<byte>(body)))))];

        Task sending = Task.Run(async () =>
        {
            for (int at = 0, count; at < sent.Length; at += count)
                count = await socket.SendAsync(sent.AsMemory(at, Math.Min(random.Next(1, 20_000), sent.Length - at)));
        });
        var reader = new FrameByFrame(socket);
        reader.Next(); // the hello
        foreach (byte[] body in bodies)
            new Frame(reader.Next()).As<Reply>().Answer.ToArray().Should().Equal(body);
        await sending;
    }

    /// <summary>Bytes that tell their place, and which answer they belong to.</summary>
    private static byte[] PatternOf(ulong number, int bytes)
    {
        byte[] pattern = new byte[bytes];
        for (int i = 0; i < bytes; i++)
            pattern[i] = (byte)((i * 31) + (i >> 8) + (int)number);
        return pattern;
    }

    private sealed class FrameByFrame(Socket socket)
    {
        public ReadOnlySequence<byte> Next()
        {
            byte[] prefix = Read(FrameLimits.PrefixBytes);
            return new ReadOnlySequence<byte>(Read(BitConverter.ToInt32(prefix)));
        }

        private byte[] Read(int count)
        {
            byte[] bytes = new byte[count];
            for (int at = 0, read; at < count; at += read)
            {
                read = socket.Receive(bytes, at, Math.Min(8_192, count - at), SocketFlags.None);
                if (read == 0)
                    throw new EndOfStreamException();
            }

            return bytes;
        }
    }
}
