namespace JustHungry.Server.Storage.Disk;

/// <summary>
/// A thread that does one piece of disk work after the other, in the order in which it was posted. A piece that fails is the last one.
/// </summary>
/// <remarks>
/// It waits by Monitor and not by BlockingCollection, whose semaphore spins first: for the log, which waits after every commit, that was a
/// fifth of the thread's time, on cores that others want.
/// </remarks>
internal sealed class DiskWorker : IDisposable
{
    private readonly Queue<Action> _work = new(); // guarded by itself
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
    /// Asks a long piece of work to end early, by an <see cref="OperationCanceledException"/>. It is the worker's own, so that a piece that
    /// ends so can't be taken for one that failed: whoever cancels it has told the worker to stop.
    /// </summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Does the work later; not at all once the worker stops, when nobody waits for it any more.</summary>
    public void Post(Action work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
            Monitor.Pulse(_work);
        }
    }

    /// <summary>Lets the running piece be the last, and asks it to end early. Does not wait for it.</summary>
    public void Stop()
    {
        lock (_work)
        {
            _stop.Cancel();
            Monitor.Pulse(_work);
        }
    }

    /// <summary>Stops, and waits for the running piece. Not to be called by a piece of work.</summary>
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
            // a long piece was asked to end early
        }
        catch (Exception e)
        {
            _failed(e);
        }
    }

    /// <summary>The next piece, when there is one; null once the worker stops.</summary>
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
