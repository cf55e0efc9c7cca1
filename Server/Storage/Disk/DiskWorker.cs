namespace JustHungry.Server.Storage.Disk;

/// <summary>
/// A thread that runs pieces of disk work one after the other, in the order in which they were posted. After one fails it runs no more.
/// </summary>
/// <remarks>
/// It waits with Monitor rather than BlockingCollection, whose semaphore spins first. For the log, which waits after every commit, spinning
/// took a fifth of the thread's time, on cores that other threads need.
/// </remarks>
internal sealed class DiskWorker : IDisposable
{
    private readonly Queue<Action> _work = new(); // guarded by a lock on itself
    private readonly CancellationTokenSource _stop = new(); // cancelled under the same lock
    private readonly Thread _thread;
    private readonly Action<Exception> _failed;

    public DiskWorker(string name, Action<Exception> failed)
    {
        _failed = failed;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>
    /// Asks a long piece of work to end early with an <see cref="OperationCanceledException"/>. Only the worker's stop cancels this token,
    /// so a piece that ends in this way can't be mistaken for one that failed.
    /// </summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Queues the work. Once the worker stops, queued work is dropped, since nobody waits for it any more.</summary>
    public void Post(Action work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
            Monitor.Pulse(_work);
        }
    }

    /// <summary>Makes the running piece the last, and asks it to end early. Does not wait for it.</summary>
    public void Stop()
    {
        lock (_work)
        {
            _stop.Cancel();
            Monitor.Pulse(_work);
        }
    }

    /// <summary>Stops, and waits for the running piece. Must not be called by a piece of work.</summary>
    public void Dispose()
    {
        Stop();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (Take() is { } work)
                work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // the piece was asked to end early
        }
        catch (Exception e)
        {
            _failed(e);
        }
    }

    /// <summary>Waits for the next piece; null once the worker stops.</summary>
    private Action? Take()
    {
        lock (_work)
        {
            while (_work.Count == 0 && !_stop.IsCancellationRequested)
                Monitor.Wait(_work);
            return _stop.IsCancellationRequested ? null : _work.Dequeue();
        }
    }
}
