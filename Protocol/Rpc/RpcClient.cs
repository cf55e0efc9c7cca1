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
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly FrameWriter _frames = new();
    private readonly ConcurrentDictionary<ulong, IPendingCall> _pending = new();
    private Task _reading = Task.CompletedTask;
    private ulong _lastCorrelation;
    private volatile string? _ended;

    private RpcClient(Socket socket, SecuredLink? link)
    {
        _socket = socket;
        _stream = link?.Stream ?? (Stream)new NetworkStream(socket, ownsSocket: false);
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
            client = new RpcClient(socket, link);
            Hello? peer = await Handshake.DialAsync(client._input, client._output, own, deadline.Token).ConfigureAwait(false);
            Handshake.DemandListener(link?.Verdict, own, sought, peer!.Value);
            client.Peer = peer!.Value;
            client._reading = client.ReadAsync();
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
        var call = new PendingCall<TResult>(read);
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
        _socket.Dispose();
        await _writing.WaitAsync().ConfigureAwait(false); // whoever waits for its turn to write comes first, and fails: disposed, it would never come
        _writing.Dispose();
    }

    private async Task WriteAsync<TRequest>(ulong correlation, TRequest request, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
    {
        await _writing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            _frames.Write(_output, correlation, request);
            await _output.FlushAsync(CancellationToken.None).ConfigureAwait(false); // never half a frame
        }
        finally
        {
            _writing.Release();
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

    private sealed class PendingCall<TResult>(ReadAnswer<TResult> read) : IPendingCall
    {
        private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<TResult> Task => _answer.Task;

        public void Complete(in Frame frame)
        {
            try
            {
                _answer.TrySetResult(read(frame));
            }
            catch (Exception e)
            {
                _answer.TrySetException(e is ProtocolViolationException ? new ConnectionLostException(e.Message, e) : e);
            }
        }

        public void Fail(Exception reason) => _answer.TrySetException(reason);
    }
}

/// <summary>Makes a result from an answering frame.</summary>
public delegate TResult ReadAnswer<out TResult>(Frame frame);
