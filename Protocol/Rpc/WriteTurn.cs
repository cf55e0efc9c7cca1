namespace JustHungry.Protocol.Rpc;

/// <summary>Lets one writer at a time write, in the order in which they came. Thread-safe.</summary>
internal sealed class WriteTurn(WorkPool pool)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private bool _isTaken;

    /// <summary>Waits for its turn, which <see cref="Leave"/> ends.</summary>
    /// <exception cref="OperationCanceledException">It has not had its turn, and will not get it.</exception>
    public async Task EnterAsync(CancellationToken cancel)
    {
        Task turn = Begin();
        try
        {
            await turn.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = PassOnAsync(turn);
            throw;
        }
    }

    public void Leave()
    {
        TaskCompletionSource? next;
        lock (_lock)
            _isTaken = _waiting.TryDequeue(out next);
        if (next is not null)
            pool.Queue(next.SetResult); // this thread has something else to do
    }

    private Task Begin()
    {
        lock (_lock)
        {
            if (!_isTaken)
            {
                _isTaken = true;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource();
            _waiting.Enqueue(turn);
            return turn.Task;
        }
    }

    /// <summary>Whoever does not wait any more leaves when its turn comes.</summary>
    private async Task PassOnAsync(Task turn)
    {
        await turn.ConfigureAwait(false);
        Leave();
    }
}
