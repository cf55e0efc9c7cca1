namespace JustHungry.Tests.Protocol.Interleaving;

/// <summary>Time that passes only when nothing else can happen, or when the seed says so. Its timers fire in the interleaver's pool.</summary>
internal sealed class ScheduledTime(Interleaver interleaver) : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        interleaver.Point();
        return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on to when the next timer is due, which fires; false if there is none before that time.</summary>
    public bool Pass(TimeSpan until)
    {
        if (_timers.MinBy(t => t.Due) is not { } next || next.Due > until)
            return false;

        _now = next.Due > _now ? next.Due : _now;
        next.Due = next.Period > TimeSpan.Zero ? _now + next.Period : TimeSpan.MaxValue;
        interleaver.Queue(next.Fire);
        return true;
    }

    private sealed class Timer(ScheduledTime time, Action fire) : ITimer
    {
        private bool _isDisposed;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire()
        {
            if (!_isDisposed)
                fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time._now + dueTime;
            Period = period;
            if (!time._timers.Contains(this))
                time._timers.Add(this);
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
