using System.Collections.Concurrent;

namespace JustHungry.Server.Storage;

/// <summary>
/// A thread that does one piece of disk work after the other, in the order in which it was posted. A piece that fails is the last one.
/// </summary>
internal sealed class DiskWorker : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly Action<Exception> _failed;
    private volatile bool _stopping;

    public DiskWorker(string name, Action<Exception> failed)
    {
        _failed = failed;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Does the work later; not at all once the worker stops.</summary>
    public void Post(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException) when (_stopping)
        {
            // the last piece of another worker wants to go on here: nobody waits for it any more
        }
    }

    /// <summary>Waits for the running piece, and drops the rest. Not to be called by a piece of work.</summary>
    public void Dispose()
    {
        _stopping = true;
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        try
        {
            foreach (Action work in _work.GetConsumingEnumerable())
            {
                if (_stopping)
                    return;
                work();
            }
        }
        catch (OperationCanceledException) when (_stopping)
        {
            // a long piece was asked to end early
        }
        catch (Exception e)
        {
            _failed(e);
        }
    }
}
