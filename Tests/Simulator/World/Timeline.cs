namespace JustHungry.Simulator.World;

/// <summary>
/// Simulated time: runs planned actions in the order of their times, those with equal times in the order in which they were planned. Time
/// stands still while an action runs, and then jumps to the next one.
/// </summary>
internal sealed class Timeline
{
    private readonly PriorityQueue<Action, (long AtUs, long Order)> _due = new(256);
    private long _planned;

    /// <summary>Microseconds since the schedule began.</summary>
    public long NowUs { get; private set; }

    /// <summary>How many actions have run, which measures a schedule's length.</summary>
    public long Steps { get; private set; }

    public void At(long atUs, Action action) => _due.Enqueue(action, (Math.Max(atUs, NowUs), _planned++));

    public void After(long delayUs, Action action) => At(NowUs + delayUs, action);

    /// <summary>
    /// Runs what is due up to <paramref name="untilUs"/>, or until <paramref name="done"/> returns true; true in that case.
    /// </summary>
    public bool Run(long untilUs, Func<bool>? done = null)
    {
        while (done?.Invoke() != true)
        {
            if (!_due.TryPeek(out _, out (long AtUs, long Order) next) || next.AtUs > untilUs)
            {
                NowUs = untilUs;
                return done?.Invoke() == true;
            }

            NowUs = next.AtUs;
            Steps++;
            _due.Dequeue()();
        }

        return true;
    }
}
