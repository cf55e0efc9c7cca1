using System.Diagnostics;

namespace JustHungry.Protocol.Loops;

/// <summary>
/// The system's time, with timers that repeat in threads of their own. The runtime's timers pass each tick from their thread to the pool,
/// which wakes several threads; with a loop that ticked fifty times a second, that was a third of what an idle daemon cost.
/// </summary>
public sealed class ThreadedTime : TimeProvider
{
    public static ThreadedTime Instance { get; } = new();

    /// <summary>
    /// The callback of a timer that repeats runs in the timer's thread, never twice at the same time, and must not throw. A call that takes
    /// longer than <paramref name="period"/> is followed by one at once, and those that were missed are not made up for. A timer that fires
    /// once, as for a time-out, is the runtime's: there may be thousands of them.
    /// </summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period <= TimeSpan.Zero)
            return base.CreateTimer(callback, state, dueTime, period);

        var timer = new TimerThread(() => callback(state));
        timer.Change(dueTime, period);
        timer.Start();
        return timer;
    }

    /// <summary>Its thread ends after <see cref="Dispose"/>, for which nobody waits: one last callback may still be running.</summary>
    private sealed class TimerThread(Action fire) : ITimer
    {
        private readonly object _changes = new(); // waited on, which a Lock can't be
        private TimeSpan? _due;
        private TimeSpan _period;
        private bool _isDisposed;

        public void Start() => new Thread(Run) { IsBackground = true, Name = "ticks" }.Start();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_changes)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : Elapsed() + dueTime;
                _period = period;
                Monitor.Pulse(_changes);
                return !_isDisposed;
            }
        }

        public void Dispose()
        {
            lock (_changes)
            {
                _isDisposed = true;
                Monitor.Pulse(_changes);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static TimeSpan Elapsed() => Stopwatch.GetElapsedTime(0);

        private void Run()
        {
            while (WaitUntilDue())
                fire();
        }

        /// <summary>False if the timer is disposed.</summary>
        private bool WaitUntilDue()
        {
            lock (_changes)
            {
                while (!_isDisposed)
                {
                    TimeSpan now = Elapsed();
                    if (_due is { } due && due <= now)
                    {
                        _due = _period <= TimeSpan.Zero ? null : due + _period > now ? due + _period : now;
                        return true;
                    }

                    Monitor.Wait(_changes, _due is { } later ? (int)Math.Ceiling((later - now).TotalMilliseconds) : Timeout.Infinite);
                }

                return false;
            }
        }
    }
}
