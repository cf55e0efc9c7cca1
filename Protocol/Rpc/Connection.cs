using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Loops;
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

    /// <summary>Several times what a front end lets one user have; if there is more, something is wrong.</summary>
    private const int UserUnsentBytesMax = 16 * FrameLimits.DaemonBytesMax;

    private const int DaemonUnsentBytesMax = 256 * FrameLimits.DaemonBytesMax;

    private const int RecordBytes = 16 * 1024; // of TLS: RFC 8446, 5.1

    /// <summary>How much is encrypted before it is sent: a slow peer's backlog frees memory as it reads.</summary>
    private const int SecuredBytes = 4 * RecordBytes;

    private readonly Wire _wire;
    private readonly Pipe _output;
    private long _lastReceivedMs;

    /// <param name="pool">Null: the runtime's.</param>
    public Connection(ConnectionId id, Wire wire, bool isDialled, WorkPool? pool = null)
    {
        Id = id;
        IsDialled = isDialled;
        Backlog = new Backlog(pool ?? WorkPool.Threads);
        _wire = wire;

        // The loop must never wait for a slow peer, so the pipe does not pause: its reader does, and Flush drops a peer that leaves too
        // much unsent. Flush itself begins to send: for a small batch, a hop to the pool would cost more than the system call.
        _output = new Pipe(new PipeOptions(BytePools.Memory, pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        Stream = new PatientStream(wire.Stream) { WaitsWithoutBuffer = !isDialled };
        Input = ReaderOf(Stream);
    }

    public ConnectionId Id { get; }

    public bool IsDialled { get; }

    public Hello Peer
    {
        get;
        set
        {
            field = value;
            Stream.WaitsWithoutBuffer &= value.Role is Role.User or Role.Operator;
        }
    }

    /// <summary>The listener of this connection is a replica. Only a replica is sent long frames by those who dial it.</summary>
    public bool IsToReplica { get; set; }

    /// <summary>The longest frame this peer may send.</summary>
    public int FrameBytesMax =>
        IsDialled || (IsToReplica && Peer.Role is not (Role.User or Role.Operator)) ? FrameLimits.DaemonBytesMax : FrameLimits.UserBytesMax;

    /// <summary>Completes when everything that will ever be written has been sent.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// When it was accepted or last received something, by the loop's clock. Once the loop has the connection, only the loop writes this.
    /// </summary>
    public long LastReceivedMs
    {
        get => Volatile.Read(ref _lastReceivedMs);
        set => Volatile.Write(ref _lastReceivedMs, value);
    }

    public PipeReader Input { get; private set; }

    public PipeWriter Output => _output.Writer;

    /// <summary>The socket's own stream: of ciphertext, if the connection is secured.</summary>
    public PatientStream Stream { get; private set; }

    /// <summary>Null without TLS.</summary>
    public SecuredLink? Link { get; private set; }

    /// <summary>True while the loop has written something that it has not flushed. Owned by the loop.</summary>
    public bool IsTouched { get; set; }

    public ReadTurn Turn { get; } = new();

    public Backlog Backlog { get; }

    /// <summary>How many bytes were written and have not left, including those not flushed yet. Only for the loop.</summary>
    public long UnsentBytes => Backlog.Bytes + _output.Writer.UnflushedBytes;

    /// <summary>
    /// Whether no more of its frames are taken for now, because too much is unsent already. This is checked after each frame: a short
    /// request can have a long answer, and one read can bring thousands of requests.
    /// </summary>
    public bool IsHeldBack => !IsDialled && UnsentBytes > Backlog.PausedBytes;

    /// <summary>Hands what was written to the sender; false if too much is unsent, because the peer does not read.</summary>
    public bool Flush()
    {
        IsTouched = false;
        Backlog.Wrote(_output.Writer.UnflushedBytes);
        ValueTask<FlushResult> flush = _output.Writer.FlushAsync();
        return flush.IsCompletedSuccessfully && Backlog.Bytes <= UnsentBytesMax;
    }

    private int UnsentBytesMax => Peer.Role == Role.User ? UserUnsentBytesMax : DaemonUnsentBytesMax;

    /// <summary>The TLS handshake is over. Before anything is read or sent.</summary>
    public void Secure(SecuredLink link)
    {
        link.Cipher.WaitsWithoutBuffer = Stream.WaitsWithoutBuffer;
        Link = link;
        Stream = link.Cipher;
        Input = ReaderOf(link.Stream);
    }

    /// <summary>An accepted peer that sends nothing costs no buffer: a read of no bytes waits for it.</summary>
    private static PipeReader ReaderOf(Stream stream) =>
        PipeReader.Create(stream, new StreamPipeReaderOptions(BytePools.Memory, ReadBufferBytes, leaveOpen: true, useZeroByteReads: true));

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
                if (result.Buffer.IsEmpty && result.IsCompleted)
                    break;

                if (Link is not null)
                {
                    ReadOnlySequence<byte> some = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, SecuredBytes));
                    await SendSecuredAsync(Link, some).ConfigureAwait(false);
                    Backlog.Sent(some.Length);
                    _output.Reader.AdvanceTo(some.End);
                    continue;
                }

                // Sent piece by piece, so that as a slow peer reads, its backlog frees memory too.
                ReadOnlyMemory<byte> piece = result.Buffer.First;
                for (ReadOnlyMemory<byte> rest = piece; !rest.IsEmpty;)
                {
                    int sent = await _wire.SendAsync(rest).ConfigureAwait(false);
                    Backlog.Sent(sent);
                    rest = rest[sent..];
                }

                _output.Reader.AdvanceTo(result.Buffer.GetPosition(piece.Length));
            }

            if (Link is not null)
            {
                await Link.Stream.ShutdownAsync().ConfigureAwait(false);
                await Link.Cipher.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }

            _wire.EndSending();
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            // The reading side sees the same failure and reports it.
        }
        finally
        {
            await _output.Reader.CompleteAsync().ConfigureAwait(false);
            Backlog.End();
        }
    }

    /// <summary>Encrypts in records as long as they may be, and sends them together.</summary>
    private static async ValueTask SendSecuredAsync(SecuredLink link, ReadOnlySequence<byte> bytes)
    {
        for (; !bytes.IsEmpty; bytes = bytes.Slice(Math.Min(bytes.Length, RecordBytes)))
        {
            ReadOnlySequence<byte> piece = bytes.Slice(0, Math.Min(bytes.Length, RecordBytes));
            if (piece.IsSingleSegment)
                await link.Stream.WriteAsync(piece.First).ConfigureAwait(false);
            else
                await SendJoinedAsync(link, piece).ConfigureAwait(false);
        }

        await link.Cipher.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static async ValueTask SendJoinedAsync(SecuredLink link, ReadOnlySequence<byte> piece)
    {
        byte[] record = BytePools.Arrays.Rent(RecordBytes);
        try
        {
            piece.CopyTo(record);
            await link.Stream.WriteAsync(record.AsMemory(0, (int)piece.Length)).ConfigureAwait(false);
        }
        finally
        {
            BytePools.Arrays.Return(record);
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
            while (!whole.IsEmpty)
            {
                ValueTask<ReadOnlySequence<byte>> taken = Turn.Begin();
                post(this, whole);
                whole = await taken.ConfigureAwait(false);
                if (!IsDialled)
                    await Backlog.DrainedAsync().ConfigureAwait(false);
            }

            if (result.IsCompleted && !rest.IsEmpty)
                throw new ProtocolViolationException("closed in the middle of a frame");
            Input.AdvanceTo(rest.Start, rest.End);
            if (result.IsCompleted)
                return;
        }
    }

    /// <summary>Breaks the connection at once; both loops end.</summary>
    public void Abort() => _wire.Dispose();

    /// <summary>The output is not completed here: its writer, the loop, may be in a step.</summary>
    public void Dispose()
    {
        Link?.Dispose();
        Stream.Dispose();
        _wire.Dispose();
    }
}
