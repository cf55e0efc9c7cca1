using System.Buffers;
using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Benchmarks.Load;

/// <summary>
/// One connection and the users who share it, each with one request in flight. It has a thread of its own and a blocking socket, which is
/// the cheapest client there is; that matters because it shares the cores with what it measures. A request whose answer is not final is
/// sent again under the same ids.
/// </summary>
internal sealed class UserLink : IDisposable
{
    private const int BufferBytes = FrameLimits.DaemonBytesMax + FrameLimits.PrefixBytes;
    private const int RetryMs = 20;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly FrameWriter _frames = new();
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private readonly byte[] _input = new byte[BufferBytes];
    private readonly UserRequest[] _inFlight;
    private readonly List<int> _again = [];
    private readonly int[] _micros;
    private readonly SslStream? _secured;
    private int _received;

    public UserLink(Endpoint frontEnd, string group, int users, bool isSecured)
    {
        Users = [.. Enumerable.Range(0, users).Select(_ => new BenchUser())];
        _inFlight = new UserRequest[users];
        _micros = new int[users];
        _socket.Connect(frontEnd.Host, frontEnd.Port);
        if (isSecured)
        {
            // it measures a shop of its own, so whoever listens there will do
            _secured = new SslStream(new NetworkStream(_socket), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
            _secured.AuthenticateAsClient("justhungry");
        }

        _frames.Write(_output, 0, new Hello(Role.User, "", DiskId.None, BootId.None, ClusterId.None, group));
        Send();
        ReadOnlySequence<byte> answers = Receive();
        FrameScanner.TryRead(ref answers, FrameLimits.HelloBytesMax, out ReadOnlySequence<byte> hello);
        new Frame(hello).As<Hello>();
        Keep(answers);
    }

    public IReadOnlyList<BenchUser> Users { get; }

    /// <summary>How many answers were not final.</summary>
    public long TriedAgain { get; private set; }

    /// <summary>Talks until no user has a request any more.</summary>
    public void Run(IConversation conversation)
    {
        int waiting = 0;
        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < Users.Count; i++)
            waiting += Ask(conversation, i, now) ? 1 : 0;

        while (waiting > 0)
        {
            Send();
            ReadOnlySequence<byte> rest = Receive();
            now = Stopwatch.GetTimestamp();
            int answered = 0;
            while (FrameScanner.TryRead(ref rest, FrameLimits.DaemonBytesMax, out ReadOnlySequence<byte> bytes))
            {
                var frame = new Frame(bytes);
                int index = (int)frame.Correlation;
                ReadOnlySequence<byte> answer = frame.As<Reply>().Answer;
                if (IsFinal(answer))
                {
                    _micros[answered++] = (int)Stopwatch.GetElapsedTime(Users[index].SentAt, now).TotalMicroseconds;
                    conversation.Answered(Users[index], answer);
                    waiting -= Ask(conversation, index, now) ? 0 : 1;
                }
                else
                {
                    _again.Add(index);
                }
            }

            Keep(rest);
            conversation.Measured(_micros.AsSpan(0, answered));
            AskAgain();
        }
    }

    public void Dispose()
    {
        _secured?.Dispose();
        _socket.Dispose();
    }

    private static bool IsFinal(in ReadOnlySequence<byte> answer) => answer.FirstSpan[1] is not ((byte)AnswerCode.Overloaded or (byte)AnswerCode.TooFewReplicas);

    private bool Ask(IConversation conversation, int index, long now)
    {
        if (conversation.Next(Users[index]) is not { } request)
            return false;

        Users[index].SentAt = now;
        _inFlight[index] = request;
        _frames.Write(_output, (ulong)index, new Request(request));
        return true;
    }

    private void AskAgain()
    {
        if (_again.Count == 0)
            return;

        TriedAgain += _again.Count;
        Thread.Sleep(RetryMs);
        foreach (int index in _again)
            _frames.Write(_output, (ulong)index, new Request(_inFlight[index]));
        _again.Clear();
    }

    private void Send()
    {
        if (_secured is not null)
            _secured.Write(_output.WrittenSpan);
        else
        {
            for (ReadOnlySpan<byte> rest = _output.WrittenSpan; !rest.IsEmpty;)
                rest = rest[_socket.Send(rest)..];
        }

        _output.ResetWrittenCount();
    }

    private ReadOnlySequence<byte> Receive()
    {
        int count = _secured?.Read(_input.AsSpan(_received)) ?? _socket.Receive(_input.AsSpan(_received));
        if (count == 0)
            throw new BrokenPromiseException("the front end closed the connection");
        _received += count;
        return new ReadOnlySequence<byte>(_input, 0, _received);
    }

    /// <summary>Moves the beginning of an incomplete frame to the front of the buffer.</summary>
    private void Keep(in ReadOnlySequence<byte> rest)
    {
        int from = rest.IsEmpty ? _received : (int)rest.Start.GetInteger();
        _input.AsSpan(from, _received - from).CopyTo(_input);
        _received -= from;
    }
}
