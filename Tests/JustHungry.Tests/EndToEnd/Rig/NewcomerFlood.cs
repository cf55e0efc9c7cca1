using System.Buffers;
using System.Net.Sockets;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>One connection that sends the details of one new user after the other, as fast as they are answered.</summary>
internal sealed class NewcomerFlood : IAsyncDisposable
{
    private const int AtOnce = 1_000;
    private const int ReadBytes = 64 * 1024;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ReadOnlySequence<byte> _details;
    private readonly Task _running;
    private int _accepted, _sentAway;

    public NewcomerFlood(Endpoint frontEnd)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        CustomerDetails.Write(ref writer, new CustomerDetails("Eve", "Many", "01904-320000", "YO10 5DD", "1 Street"));
        writer.Flush();
        _details = new ReadOnlySequence<byte>(body.WrittenMemory);
        _socket.Connect(frontEnd.Host, frontEnd.Port);
        _running = FloodAsync();
    }

    /// <summary>How many became customers.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How many were told that the shop is busy.</summary>
    public int SentAway => Volatile.Read(ref _sentAway);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default); // broken off in the middle
        _stop.Dispose();
    }

    private async Task FloodAsync()
    {
        var frames = new FrameWriter();
        var output = new ArrayBufferWriter<byte>();
        var input = new ArrayBufferWriter<byte>();
        frames.Write(output, 0, GreedyReader.OwnHello());
        while (true)
        {
            for (ulong i = 1; i <= AtOnce; i++)
                frames.Write(output, i, new Request(new UserRequest(new UserId(FreshIds.Next()), default, new Sequence(1), new RequestId(FreshIds.Next()), RequestKind.UserDetails, _details)));
            for (ReadOnlyMemory<byte> rest = output.WrittenMemory; !rest.IsEmpty;)
                rest = rest[await _socket.SendAsync(rest, _stop.Token)..];
            output.ResetWrittenCount();
            for (int answered = 0; answered < AtOnce;)
                answered += await ReadAsync(input);
        }
    }

    /// <summary>Reads once; returns how many answers were whole.</summary>
    private async Task<int> ReadAsync(ArrayBufferWriter<byte> input)
    {
        int read = await _socket.ReceiveAsync(input.GetMemory(ReadBytes), _stop.Token);
        if (read == 0)
            throw new IOException("the front end hung up");
        input.Advance(read);

        var rest = new ReadOnlySequence<byte>(input.WrittenMemory.ToArray());
        int answers = 0;
        while (FrameScanner.TryRead(ref rest, FrameLimits.DaemonBytesMax, out ReadOnlySequence<byte> bytes))
        {
            var frame = new Frame(bytes);
            if (frame.Type != MessageType.Reply)
                continue; // its hello
            answers++;
            Interlocked.Increment(ref Answer.CodeOf(frame.As<Reply>().Answer) == AnswerCode.Details ? ref _accepted : ref _sentAway);
        }

        input.ResetWrittenCount();
        input.Write(rest.ToArray());
        return answers;
    }
}
