namespace JustHungry.Protocol.Rpc;

/// <summary>
/// How many bytes were written to one connection and have not left: counted up by the loop, down by the sender. While a peer does not
/// take its answers, no more requests are read from it: its reader waits for <see cref="DrainedAsync"/>. Thread-safe.
/// </summary>
/// <remarks>
/// Only accepted connections wait. The side that dialled always reads, so that no two processes can wait for each other.
/// </remarks>
internal sealed class Backlog(WorkPool pool)
{
    /// <summary>Two of the longest answers, so that the next one is made while the last is on its way.</summary>
    public const int PausedBytes = 2 * 1024 * 1024;

    private const int ResumedBytes = PausedBytes / 2;

    private readonly Lock _lock = new();
    private TaskCompletionSource? _drained;
    private UnsentBytes? _total;
    private long _bytes;
    private bool _hasEnded;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>From now on, the unsent bytes of this connection are part of <paramref name="total"/>.</summary>
    public void CountIn(UnsentBytes total)
    {
        lock (_lock)
        {
            _total = total;
            total.Add(_bytes);
        }
    }

    public void Wrote(long bytes)
    {
        lock (_lock)
        {
            if (!_hasEnded)
                Add(bytes);
        }
    }

    public void Sent(long bytes)
    {
        TaskCompletionSource? drained = null;
        lock (_lock)
        {
            Add(-Math.Min(bytes, _bytes)); // the hellos were never written by the loop
            if (_bytes <= ResumedBytes)
                (drained, _drained) = (_drained, null);
        }

        GoOn(drained);
    }

    /// <summary>Nothing more will be sent, and nobody waits.</summary>
    public void End()
    {
        TaskCompletionSource? drained;
        lock (_lock)
        {
            _hasEnded = true;
            Add(-_bytes);
            (drained, _drained) = (_drained, null);
        }

        GoOn(drained);
    }

    /// <summary>Completes at once while little is unsent; otherwise when little is unsent again, or the connection ends.</summary>
    public Task DrainedAsync()
    {
        lock (_lock)
        {
            if (_hasEnded || _bytes <= PausedBytes)
                return Task.CompletedTask;
            _drained ??= new TaskCompletionSource();
            return _drained.Task;
        }
    }

    /// <summary>In the pool: whoever waited reads, and the thread that has sent something has more to send.</summary>
    private void GoOn(TaskCompletionSource? drained)
    {
        if (drained is not null)
            pool.Queue(drained.SetResult);
    }

    private void Add(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        _total?.Add(bytes);
    }
}

/// <summary>How many bytes are unsent to many connections together. Thread-safe.</summary>
internal sealed class UnsentBytes
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
