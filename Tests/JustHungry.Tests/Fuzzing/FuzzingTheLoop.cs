using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Loops;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Framing;
using JustHungry.Tests.Protocol.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing;

/// <summary>
/// CoreLoop, Connection and RpcClient on real sockets and the real thread pool, with peers that come, ask, read slowly, close one side, drop
/// the line, and go, many at once; and a loop that is stopped in the middle of it. The seeds decide what is done, not how threads interleave.
/// </summary>
internal sealed class FuzzingTheLoop
{
    private const int CoreSeconds = 4;
    private const int Peers = 6;
    private const int RoundMs = 150;

    private long _lives;

    [Test]
    public void Every_connection_has_one_life_and_every_call_one_end()
    {
        FuzzRun.Repeat(random => RoundAsync(random).GetAwaiter().GetResult(), CoreSeconds);
        TestContext.Out.WriteLine($"{_lives} lives of connections");
        _lives.Should().BeGreaterThan(100);
    }

    private async Task RoundAsync(Random random)
    {
        using var loop = new CoreLoop<LifeCore>(TimeProvider.System, NullLogger.Instance);
        var core = new LifeCore(loop, new Random(random.Next()));
        Endpoint endpoint = await loop.ListenAsync(new Endpoint("127.0.0.1", 0));
        core.Dials = [endpoint with { Port = 1 }, endpoint];
        Task running = loop.RunAsync(core);

        bool stopsEarly = random.Next(2) == 0;
        long until = Stopwatch.GetTimestamp() + (RoundMs * Stopwatch.Frequency / 1_000);
        Task[] peers = [.. Enumerable.Range(0, Peers).Select(_ => new Random(random.Next())).Select(r => Task.Run(() => LiveAsync(endpoint, r, until)))];
        if (stopsEarly)
        {
            await Task.Delay(random.Next(RoundMs));
            loop.Stop();
        }

        await Task.WhenAll(peers).WaitAsync(TimeSpan.FromSeconds(20));
        core.Dials = [];
        if (!stopsEarly)
            (await LoopFixture.BecomesTrueAsync(() => core.Open == 0)).Should().BeTrue($"every peer has gone, and {core.Open} connections are open");
        loop.Stop();
        await running.WaitAsync(TimeSpan.FromSeconds(10));
        (await LoopFixture.BecomesTrueAsync(() => loop.UnsentToUsers == 0)).Should().BeTrue("nobody is left to send to");
        core.Wrongs.Should().BeEmpty();
    }

    private async Task LiveAsync(Endpoint endpoint, Random random, long until)
    {
        while (Stopwatch.GetTimestamp() < until)
        {
            Interlocked.Increment(ref _lives);
            try
            {
                if (random.Next(3) == 0)
                    await CallAsync(endpoint, random);
                else
                    await TalkAsync(endpoint, random);
            }
            catch (Exception e) when (e is SocketException or ConnectionLostException)
            {
                // the loop has been stopped, or closed this connection
            }
        }
    }

    /// <summary>Some calls at once, and perhaps an end in the middle of them: each has an answer of its own, or is lost.</summary>
    private static async Task CallAsync(Endpoint endpoint, Random random)
    {
        RpcClient client = await RpcClient.ConnectAsync(endpoint, Role.FrontEnd, LoopFixture.HelloOf(Role.Operator), TimeSpan.FromSeconds(5), CancellationToken.None);
        Task[] calls = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => client.CallAsync<Count, bool>(
            default, frame => LifeCore.AnswerOf(frame.Correlation).AsSpan().SequenceEqual(frame.As<Reply>().Answer.ToArray()) ? true : throw new InvalidDataException("another answer"),
            CancellationToken.None))];
        Task all = Task.WhenAll(calls);
        if (random.Next(2) == 0)
            await Task.WhenAny(all, Task.Delay(random.Next(3)));
        else
            await Task.WhenAny(all);
        await client.DisposeAsync();
        await Task.WhenAny(all).WaitAsync(TimeSpan.FromSeconds(10));
        await all;
    }

    private static async Task TalkAsync(Endpoint endpoint, Random random)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endpoint.Host, endpoint.Port);
        byte[] bytes = [.. FrameBytes.Encode(0, LoopFixture.HelloOf(random.Next(12) == 0 ? Role.NameServer : Role.User)), .. AnyFrames(random)];
        if (random.Next(4) == 0)
            bytes = bytes[..random.Next(bytes.Length)];
        for (int at = 0, count; at < bytes.Length; at += count)
            count = await socket.SendAsync(bytes.AsMemory(at, Math.Min(random.Next(1, 200), bytes.Length - at)));

        switch (random.Next(4))
        {
            case 0:
                socket.Shutdown(SocketShutdown.Send);
                await ReadAsync(socket, random, null);
                break;
            case 1:
                socket.LingerState = new LingerOption(true, 0); // a reset
                break;
            case 2:
                await ReadAsync(socket, random, random.Next(1, 20));
                break;
            default:
                socket.Shutdown(SocketShutdown.Receive);
                break;
        }
    }

    private static byte[] AnyFrames(Random random)
    {
        ulong correlation = 0;
        var bytes = new List<byte>();
        for (int i = random.Next(12); i > 0; i--)
        {
            bytes.AddRange(random.Next(20) switch
            {
                0 => FrameBytes.Encode(++correlation, default(Status)),
                1 => FrameBytes.Encode(++correlation, new Lookup("x")),
                < 6 => FrameBytes.Encode(++correlation, default(Count)),
                _ => FrameBytes.Encode(++correlation, default(Ping)),
            });
        }

        return [.. bytes];
    }

    /// <summary>Whatever comes is whole frames, in order, each the answer to its question, up to where the line was cut.</summary>
    /// <param name="patienceMs">Null: until the loop ends the connection, as it must.</param>
    private static async Task ReadAsync(Socket socket, Random random, int? patienceMs)
    {
        byte[] buffer = new byte[8_192];
        using var all = new MemoryStream();
        using var deadline = new CancellationTokenSource(patienceMs ?? 10_000);
        try
        {
            for (int count; (count = await socket.ReceiveAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)), deadline.Token)) > 0;)
                all.Write(buffer, 0, count);
        }
        catch (OperationCanceledException) when (patienceMs is not null)
        {
            // it has read enough
        }

        var rest = new ReadOnlySequence<byte>(all.ToArray());
        for (ulong expected = 0; FrameScanner.TryRead(ref rest, FrameLimits.DaemonBytesMax, out ReadOnlySequence<byte> bytes); expected++)
        {
            var frame = new Frame(bytes);
            if (frame.Correlation != expected)
                throw new InvalidDataException($"answer {frame.Correlation} where {expected} was next");
            if (frame.Type == MessageType.Reply && !frame.As<Reply>().Answer.ToArray().AsSpan().SequenceEqual(LifeCore.AnswerOf(expected)))
                throw new InvalidDataException($"another answer to {expected}");
        }
    }
}
