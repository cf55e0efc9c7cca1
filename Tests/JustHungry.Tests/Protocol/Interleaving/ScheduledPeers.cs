using System.Buffers;
using System.Net.Sockets;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Simulator.World;
using JustHungry.Tests.Fuzzing;
using JustHungry.Tests.Protocol.Framing;
using JustHungry.Tests.Protocol.Loops;

namespace JustHungry.Tests.Protocol.Interleaving;

/// <summary>Those who talk with a loop: some on a bare wire, and some by an RpcClient. Each looks at what it is told.</summary>
internal sealed class ScheduledPeers(Interleaver interleaver, TimeProvider time, int answerLength, Func<bool> mayEnd)
{
    /// <summary>For so long a loop waits at least until what it has answered has left.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private Chance Chance => interleaver.Chance;

    /// <summary>Sends a hello and requests in pieces, and then reads to the end, or vanishes, or reads a little and vanishes.</summary>
    public async Task TalkAsync(ScheduledWire wire)
    {
        using (wire)
        {
            Role role = Chance.OneIn(12) ? Role.NameServer : Role.User;
            int questions = Chance.Below(8);
            bool isHonest = !Chance.OneIn(4);
            byte[] bytes = [.. FrameBytes.Encode(0, LoopFixture.HelloOf(role)), .. Questions(questions, isHonest)];
            bool isWhole = !Chance.OneIn(5);
            if (!isWhole)
                bytes = bytes[..Chance.Below(bytes.Length)];
            try
            {
                for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
                    rest = rest[await wire.SendAsync(rest[..(1 + Chance.Below(rest.Length))])..];
                if (Chance.OneIn(4))
                    return;
                long ended = time.GetTimestamp();
                int? most = Chance.OneIn(4) ? Chance.Below(100) : null;
                if (most is null)
                    wire.EndSending();
                byte[] told = await ReadAsync(wire, most);
                bool isAll = isHonest && isWhole && most is null && role == Role.User && !mayEnd() && time.GetElapsedTime(ended) < Patience;
                Check(told, isAll ? questions : null);
            }
            catch (Exception e) when ((e is SocketException or IOException) && (mayEnd() || !isHonest || role != Role.User))
            {
                // the loop has been stopped, or closed this connection
            }
        }
    }

    /// <summary>Some calls at once, and perhaps an end in the middle of them: each has an answer of its own, or is lost.</summary>
    public async Task CallAsync(ScheduledWire wire)
    {
        RpcClient client;
        try
        {
            client = await RpcClient.OpenAsync(wire, interleaver, LoopFixture.HelloOf(Role.Operator), CancellationToken.None);
        }
        catch (Exception e) when ((e is IOException or SocketException or ConnectionLostException or InvalidOperationException) && mayEnd())
        {
            return;
        }

        bool vanishes = Chance.OneIn(2);
        List<Task<bool>> calls = [];
        for (int i = 1 + Chance.Below(4); i > 0; i--)
        {
            calls.Add(client.CallAsync<Count, bool>(
                default, frame => LifeCore.AnswerOf(frame.Correlation, answerLength).AsSpan().SequenceEqual(frame.As<Reply>().Answer.ToArray()) ? true : throw new InvalidDataException("another answer"),
                CancellationToken.None));
        }

        if (!vanishes)
            await Task.WhenAll(calls.Select(Settled));
        else
            await interleaver.SwitchAsync();
        await client.DisposeAsync();
        foreach (Task<bool> call in calls)
        {
            try
            {
                await call;
            }
            catch (ConnectionLostException) when (vanishes || mayEnd())
            {
                // of unknown outcome
            }
        }
    }

    private static async Task Settled(Task call)
    {
        try
        {
            await call;
        }
        catch (ConnectionLostException)
        {
            // judged later
        }
    }

    private byte[] Questions(int count, bool isHonest)
    {
        var bytes = new List<byte>();
        for (ulong correlation = 1; correlation <= (ulong)count; correlation++)
        {
            bytes.AddRange(Chance.Below(20) switch
            {
                0 when !isHonest => FrameBytes.Encode(correlation, default(Status)),
                1 when !isHonest => FrameBytes.Encode(correlation, new Lookup("x")),
                < 8 => FrameBytes.Encode(correlation, default(Count)),
                _ => FrameBytes.Encode(correlation, default(Ping)),
            });
        }

        return [.. bytes];
    }

    private async Task<byte[]> ReadAsync(ScheduledWire wire, int? most)
    {
        byte[] buffer = new byte[4_096];
        using var all = new MemoryStream();
        using var patience = new CancellationTokenSource(most is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(3), time);
        try
        {
            while (most is null || all.Length < most)
            {
                int count = await wire.Stream.ReadAsync(buffer.AsMemory(0, 1 + Chance.Below(buffer.Length)), patience.Token);
                if (count == 0)
                    break;
                all.Write(buffer, 0, count);
            }
        }
        catch (OperationCanceledException)
        {
            // nothing more comes
        }

        return all.ToArray();
    }

    /// <summary>Whatever came is whole frames, in order, each the answer to its question, up to where the line was cut.</summary>
    /// <param name="questions">How many answers there must be, if nothing was cut.</param>
    private void Check(byte[] told, int? questions)
    {
        var rest = new ReadOnlySequence<byte>(told);
        ulong expected = 0;
        for (; FrameScanner.TryRead(ref rest, FrameLimits.DaemonBytesMax, out ReadOnlySequence<byte> bytes); expected++)
        {
            var frame = new Frame(bytes);
            if (frame.Correlation != expected)
                throw new InvalidDataException($"answer {frame.Correlation} where {expected} was next");
            if (frame.Type == MessageType.Reply && !frame.As<Reply>().Answer.ToArray().AsSpan().SequenceEqual(LifeCore.AnswerOf(expected, answerLength)))
                throw new InvalidDataException($"another answer to {expected}");
        }

        if (questions is { } all && expected != (ulong)all + 1)
            throw new InvalidDataException($"{expected - 1} answers to {all} questions, and the loop has ended the connection");
    }
}
