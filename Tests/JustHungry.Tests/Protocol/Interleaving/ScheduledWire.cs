using System.Net.Sockets;
using JustHungry.Protocol.Rpc;
using JustHungry.Simulator.World;

namespace JustHungry.Tests.Protocol.Interleaving;

/// <summary>
/// One end of a connection whose calls end at once or later, and do a part of what they could, as the seed says. What is sent is there for
/// the peer to read, up to a window; either end may close one direction, or vanish, and then the peer finds an end or a reset.
/// </summary>
internal sealed class ScheduledWire : Wire
{
    private readonly Interleaver _interleaver;
    private readonly Queue<byte> _arrived = new();
    private readonly int _window;
    private PendingRead? _read;
    private PendingSend? _send;
    private bool _hasEnded; // nothing more will arrive
    private bool _isReset;
    private bool _isDisposed;

    private ScheduledWire(Interleaver interleaver, int window)
    {
        _interleaver = interleaver;
        _window = window;
        Stream = new Reading(this);
    }

    private sealed record PendingRead(Memory<byte> Into, TaskCompletionSource<int> Done);

    private sealed record PendingSend(ReadOnlyMemory<byte> Bytes, TaskCompletionSource<int> Done);

    public ScheduledWire Peer { get; private set; } = null!;

    public override Stream Stream { get; }

    public bool IsDisposed => _isDisposed;

    private Chance Chance => _interleaver.Chance;

    /// <param name="window">How many bytes one end may be ahead of the other.</param>
    public static (ScheduledWire One, ScheduledWire Other) Pair(Interleaver interleaver, int window)
    {
        var one = new ScheduledWire(interleaver, window);
        one.Peer = new ScheduledWire(interleaver, window) { Peer = one };
        return (one, one.Peer);
    }

    public override ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        _interleaver.Point();
        if (_isDisposed || _isReset)
            return ValueTask.FromException<int>(new SocketException((int)(_isReset ? SocketError.ConnectionReset : SocketError.OperationAborted)));

        var done = new TaskCompletionSource<int>();
        _send = new PendingSend(bytes, done);
        if (Chance.OneIn(2))
            TrySend();
        else
            _interleaver.Queue(TrySend);
        return new ValueTask<int>(done.Task);
    }

    public override void EndSending()
    {
        _interleaver.Point();
        Peer.Ends(isReset: false);
    }

    /// <summary>With unread bytes, the kernel resets the connection; otherwise the peer finds an end, and only its next send is answered by a reset.</summary>
    public override void Dispose()
    {
        _interleaver.Point();
        if (_isDisposed)
            return;
        _isDisposed = true;
        Fail(SocketError.OperationAborted);
        Peer.Ends(isReset: _arrived.Count > 0);
    }

    private void Ends(bool isReset) => _interleaver.Queue(() =>
    {
        _hasEnded = true;
        _isReset |= isReset;
        if (isReset)
        {
            _arrived.Clear();
            Fail(SocketError.ConnectionReset);
        }

        TryRead();
    });

    private ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        _interleaver.Point();
        if (cancel.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancel);
        if (_isDisposed || _isReset)
            return ValueTask.FromException<int>(new IOException(_isReset ? "reset" : "aborted"));

        var done = new TaskCompletionSource<int>();
        _read = new PendingRead(into, done);
        cancel.Register(() =>
        {
            if (_read?.Done == done)
                _read = null;
            done.TrySetCanceled(cancel);
        });
        if (Chance.OneIn(2))
            TryRead();
        else
            _interleaver.Queue(TryRead);
        return new ValueTask<int>(done.Task);
    }

    private void TryRead()
    {
        if (_read is not { } read || (_arrived.Count == 0 && !_hasEnded))
            return;

        _read = null;
        int count = Math.Min(read.Into.Length, _arrived.Count);
        if (count > 1 && Chance.OneIn(2))
            count = 1 + Chance.Below(count);
        for (int i = 0; i < count; i++)
            read.Into.Span[i] = _arrived.Dequeue();
        if (count > 0)
            _interleaver.Queue(Peer.TrySend); // there is room again
        read.Done.TrySetResult(count);
    }

    private void TrySend()
    {
        int room = _window - Peer._arrived.Count;
        if (_send is not { } send || _isDisposed || room <= 0)
            return;

        _send = null;
        int count = Math.Min(room, send.Bytes.Length);
        if (count > 1 && Chance.OneIn(4))
            count = 1 + Chance.Below(count);
        if (!Peer._isDisposed && !Peer._isReset)
        {
            foreach (byte b in send.Bytes.Span[..count])
                Peer._arrived.Enqueue(b);
            _interleaver.Queue(Peer.TryRead);
        }
        else if (Peer._isDisposed)
        {
            Ends(isReset: true); // the kernel at the other end knows no such connection
        }

        send.Done.TrySetResult(count);
    }

    private void Fail(SocketError error)
    {
        PendingRead? read = _read;
        PendingSend? send = _send;
        (_read, _send) = (null, null);
        if (read is not null)
            _interleaver.Queue(() => read.Done.TrySetException(new IOException(error.ToString())));
        if (send is not null)
            _interleaver.Queue(() => send.Done.TrySetException(new SocketException((int)error)));
    }

    private sealed class Reading(ScheduledWire wire) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => wire.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                for (ReadOnlyMemory<byte> rest = buffer; !rest.IsEmpty;)
                    rest = rest[await wire.SendAsync(rest).ConfigureAwait(false)..];
            }
            catch (SocketException e)
            {
                throw new IOException(e.Message, e);
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
