using System.Runtime.CompilerServices;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// Where work goes on that must not run in the thread that made it possible: in the thread pool. A test can have a pool of its own, so as to
/// decide what runs when.
/// </summary>
internal abstract class WorkPool
{
    /// <summary>The runtime's thread pool.</summary>
    public static WorkPool Threads { get; } = new ThreadPoolThreads();

    /// <summary>Does this work later, never before the call returns on the same thread.</summary>
    public abstract void Queue(Action work);

    /// <summary>What follows an await of this runs in the pool.</summary>
    public Switch SwitchAsync() => new(this);

    public readonly struct Switch(WorkPool pool) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Switch GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => pool.Queue(continuation);

        public void UnsafeOnCompleted(Action continuation) => pool.Queue(continuation);
    }

    private sealed class ThreadPoolThreads : WorkPool
    {
        public override void Queue(Action work) => ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false);
    }
}
