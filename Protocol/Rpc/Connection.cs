using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// One socket of a <see cref="CoreLoop"/>: reads frames and hands them to the loop, one read at a time (the next read begins when
/// the loop has taken the last, so a connection never has more than one read in the loop's queue), and sends what the loop wrote.
/// Its output is written by the loop only.
/// </summary>
internal sealed class Connection : IDisposable
{
    private const int ReadBufferBytes = 64 * 1024;
    private const int UserUnsentBytesMax = 4 * FrameLimits.DaemonBytesMax;
    private const int DaemonUnsentBytesMax = 256 * FrameLimits.DaemonBytesMax;

    private readonly Socket _socket;
    private readonly Pipe _output;
    private long _written;
    private long _sent;

    public Connection(ConnectionId id, Socket socket, bool isDialled)
    {
        Id = id;
        IsDialled = isDialled;
        _socket = socket;
        _socket.NoDelay = true;

        // The loop must never wait for a slow peer: the pipe does not pause; Flush drops a peer that leaves too much unsent.
        // Flush itself begins to send: a hop to the pool would cost a small batch more than its system call.
        _output = new Pipe(new PipeOptions(pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        Stream = new NetworkStream(socket, ownsSocket: false);
        Input = PipeReader.Create(Stream, new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, leaveOpen: true));
    }

    public ConnectionId Id { get; }

    public bool IsDialled { get; }

    public Hello Peer { get; set; }

    /// <summary>The longest frame this peer may send.</summary>
    public int FrameBytesMax => Peer.Role == Role.User ? FrameLimits.UserBytesMax : FrameLimits.DaemonBytesMax;

    /// <summary>Ends when everything was sent that ever will be.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    /// <summary>When it last brought something, in the loop's milliseconds. Owned by the loop.</summary>
    public long LastReceivedMs { get; set; }

    public PipeReader Input { get; }

    public PipeWriter Output => _output.Writer;

    public NetworkStream Stream { get; }

    /// <summary>True while the loop has written something that it has not flushed. Owned by the loop.</summary>
    public bool IsTouched { get; set; }

    public ReadTurn Turn { get; } = new();

    /// <summary>Lets the sender have what was written; false if the peer leaves too much of it unsent.</summary>
    public bool Flush()
    {
        IsTouched = false;
        _written += _output.Writer.UnflushedBytes;
        ValueTask<FlushResult> flush = _output.Writer.FlushAsync();
        return flush.IsCompletedSuccessfully && _written - Interlocked.Read(ref _sent) <= UnsentBytesMax;
    }

    private int UnsentBytesMax => Peer.Role == Role.User ? UserUnsentBytesMax : DaemonUnsentBytesMax;

    public void StartSending() => Sending = SendAsync();

    public string Describe() => Peer.Role == default ? "(no hello yet)" : $"{Peer.Role} {Peer.Id}";

    /// <summary>Sends what <see cref="Flush"/> released, until the output is completed or the socket fails.</summary>
    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                ReadResult result = await _output.Reader.ReadAsync().ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    for (ReadOnlyMemory<byte> rest = segment; !rest.IsEmpty;)
                        rest = rest[await _socket.SendAsync(rest).ConfigureAwait(false)..];
                }

                Interlocked.Add(ref _sent, result.Buffer.Length);
                _output.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    break;
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The reading side meets the same end and reports it.
        }
        finally
        {
            await _output.Reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands whole frames to <paramref name="post"/> until the peer closes.</summary>
    /// <exception cref="ProtocolViolationException">A bad prefix, or bytes left over at the end of the stream.</exception>
    public async Task ReceiveAsync(Action<Connection, ReadOnlySequence<byte>> post)
    {
        while (true)
        {
            ReadResult result = await Input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> rest = result.Buffer;
            while (FrameScanner.TryRead(ref rest, FrameBytesMax, out _))
            {
            }

            ReadOnlySequence<byte> whole = result.Buffer.Slice(0, rest.Start);
            if (!whole.IsEmpty)
            {
                ValueTask taken = Turn.Begin();
                post(this, whole);
                await taken.ConfigureAwait(false);
            }

            if (result.IsCompleted && !rest.IsEmpty)
                throw new ProtocolViolationException("closed in the middle of a frame");
            Input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
                return;
        }
    }

    /// <summary>Breaks the connection at once; both loops end.</summary>
    public void Abort() => _socket.Dispose();

    /// <summary>The output is not completed here: its writer, the loop, may be in a step.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        _socket.Dispose();
    }
}
