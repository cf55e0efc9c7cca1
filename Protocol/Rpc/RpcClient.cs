using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// A connection for programs without a core: the CLI and the operators' commands. Many calls may be in flight; when the connection
/// ends, all of them fail at once with <see cref="ConnectionLostException"/>. Thread-safe.
/// </summary>
public sealed class RpcClient : IAsyncDisposable
{
    private readonly Wire _wire;
    private readonly WorkPool _pool;
    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly WriteTurn _writing;
    private readonly FrameWriter _frames = new();
    private readonly ConcurrentDictionary<ulong, IPendingCall> _pending = new();
    private Task _reading = Task.CompletedTask;
    private ulong _lastCorrelation;
    private volatile string? _ended;

    private RpcClient(Wire wire, SecuredLink? link, WorkPool pool)
    {
        _wire = wire;
        _pool = pool;
        _writing = new WriteTurn(pool);
        _stream = link?.Stream ?? wire.Stream;
        _input = PipeReader.Create(_stream, new StreamPipeReaderOptions(BytePools.Memory, leaveOpen: true));
        _output = PipeWriter.Create(_stream, new StreamPipeWriterOptions(BytePools.Memory, leaveOpen: true));
    }

    private interface IPendingCall
    {
        void Complete(in Frame frame);

        void Fail(Exception reason);
    }

    public Hello Peer { get; private set; }

    public bool IsOpen => _ended is null;

    /// <summary>Connects and exchanges hellos.</summary>
    /// <param name="sought">What listens there; null if the caller looks at <see cref="Peer"/> itself. It must be of this program's group, unless it is the name server.</param>
    /// <exception cref="ConnectionLostException">Nobody listens there, or it closed, or the time-out passed.</exception>
    /// <exception cref="HelloRefusedException">The listener refuses this program, does not prove to be what it says, or is somebody else.</exception>
    public static async Task<RpcClient> ConnectAsync(
        Endpoint endpoint, Role? sought, Hello own, TimeSpan timeout, CancellationToken cancel, LinkSecurity? security = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(timeout);
        RpcClient? client = null;
        try
        {
            (Socket socket, SecuredLink? link) = await SecuredLink.ConnectAsync(endpoint, security ?? LinkSecurity.Off, deadline.Token, deadline.Token).ConfigureAwait(false);
            client = new RpcClient(new SocketWire(socket), link, WorkPool.Threads);
            await client.BeginAsync(link, sought, own, deadline.Token).ConfigureAwait(false);
            return client;
        }
        catch (Exception e)
        {
            if (client is not null)
                await client.DisposeAsync().ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            throw e switch
            {
                OperationCanceledException => new ConnectionLostException($"{endpoint} did not answer within {timeout.TotalSeconds} s", e),
                SocketException or IOException or ProtocolViolationException or InvalidOperationException =>
                    new ConnectionLostException($"{endpoint}: {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>Exchanges hellos on a wire that a test has made.</summary>
    internal static async Task<RpcClient> OpenAsync(Wire wire, WorkPool pool, Hello own, CancellationToken cancel)
    {
        var client = new RpcClient(wire, link: null, pool);
        try
        {
            await client.BeginAsync(link: null, sought: null, own, cancel).ConfigureAwait(false);
            return client;
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task BeginAsync(SecuredLink? link, Role? sought, Hello own, CancellationToken cancel)
    {
        Hello? peer = await Handshake.DialAsync(_input, _output, own, cancel).ConfigureAwait(false);
        Handshake.DemandListener(link?.Verdict, own, sought, peer!.Value);
        Peer = peer!.Value;
        _reading = ReadAsync();
    }

    /// <summary>
    /// Sends one request and awaits its answer. If the answer is of another type, throws what <paramref name="refused"/> returns for that
    /// type.
    /// </summary>
    /// <exception cref="ConnectionLostException">
    /// The connection ended first, or the answer could not be decoded: the outcome is unknown.
    /// </exception>
    public async Task<TAnswer> CallAsync<TRequest, TAnswer>(TRequest request, Func<MessageType, Exception> refused, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer>
    {
        return await CallAsync(request, frame => frame.Type == TAnswer.Type ? frame.As<TAnswer>() : throw refused(frame.Type), cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends one request; <paramref name="read"/> makes the result from the answering frame, whose bytes are no longer valid when it
    /// returns.
    /// </summary>
    /// <exception cref="ConnectionLostException">The connection ended first: the outcome is unknown.</exception>
    public async Task<TResult> CallAsync<TRequest, TResult>(TRequest request, ReadAnswer<TResult> read, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
    {
        var call = new PendingCall<TResult>(read, _pool);
        ulong correlation = Interlocked.Increment(ref _lastCorrelation);
        _pending[correlation] = call;
        try
        {
            if (_ended is { } reason)
                throw new ConnectionLostException(reason);
            await WriteAsync(correlation, request, cancel).ConfigureAwait(false);
            return await call.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            throw new ConnectionLostException(e.Message, e);
        }
        finally
        {
            _pending.TryRemove(correlation, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        End("closed by this program");
        _input.CancelPendingRead(); // disposing the socket during a read would reset the connection
        await _reading.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _wire.Dispose();
    }

    private async Task WriteAsync<TRequest>(ulong correlation, TRequest request, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
    {
        await _writing.EnterAsync(cancel).ConfigureAwait(false);
        try
        {
            _frames.Write(_output, correlation, request);
            await _output.FlushAsync(CancellationToken.None).ConfigureAwait(false); // never half a frame
        }
        finally
        {
            _writing.Leave();
        }
    }

    private async Task ReadAsync()
    {
        string ended = "the connection was closed";
        try
        {
            while (true)
            {
                ReadResult result = await _input.ReadAsync().ConfigureAwait(false);
                ReadOnlySequence<byte> rest = result.Buffer;
                while (FrameScanner.TryRead(ref rest, FrameLimits.DaemonBytesMax, out ReadOnlySequence<byte> bytes))
                    Deliver(new Frame(bytes));
                _input.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted || result.IsCanceled)
                    break;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or ProtocolViolationException)
        {
            ended = e.Message;
        }
        finally
        {
            End(ended);
        }
    }

    private void Deliver(Frame frame)
    {
        if (_pending.TryRemove(frame.Correlation, out IPendingCall? call))
            call.Complete(frame);
    }

    private void End(string reason)
    {
        _ended ??= reason;
        foreach (ulong correlation in _pending.Keys)
        {
            if (_pending.TryRemove(correlation, out IPendingCall? call))
                call.Fail(new ConnectionLostException(reason));
        }
    }

    private sealed class PendingCall<TResult>(ReadAnswer<TResult> read, WorkPool pool) : IPendingCall
    {
        private readonly TaskCompletionSource<TResult> _answer = new();

        public Task<TResult> Task => _answer.Task;

        public void Complete(in Frame frame)
        {
            try
            {
                TResult result = read(frame);
                pool.Queue(() => _answer.TrySetResult(result)); // the reader reads on, whatever the caller does with this
            }
            catch (Exception e)
            {
                Fail(e is ProtocolViolationException ? new ConnectionLostException(e.Message, e) : e);
            }
        }

        public void Fail(Exception reason) => pool.Queue(() => _answer.TrySetException(reason));
    }
}

/// <summary>Makes a result from an answering frame.</summary>
public delegate TResult ReadAnswer<out TResult>(Frame frame);
