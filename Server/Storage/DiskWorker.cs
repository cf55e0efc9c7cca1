namespace JustHungry.Server.Storage;

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
    private readonly Thread _thread;
    private readonly Action<Exception> _failed;
    private bool _stopping;

    public DiskWorker(string name, Action<Exception> failed)
    {
        _failed = failed;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Does the work later; not at all once the worker stops, when nobody waits for it any more.</summary>
    public void Post(Action work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
            Monitor.Pulse(_work);
        }
    }

    /// <summary>Waits for the running piece, and drops the rest. Not to be called by a piece of work.</summary>
    public void Dispose()
    {
        lock (_work)
        {
            _stopping = true;
            Monitor.Pulse(_work);
        }

        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (Take() is { } work)
                work();
        }
        catch (OperationCanceledException) when (Volatile.Read(ref _stopping))
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
            while (_work.Count == 0 && !_stopping)
                Monitor.Wait(_work);
            return _stopping ? null : _work.Dequeue();
        }
    }
}
