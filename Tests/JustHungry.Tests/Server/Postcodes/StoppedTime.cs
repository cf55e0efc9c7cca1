namespace JustHungry.Tests.Server.Postcodes;

/// <summary>A clock whose timers never fire: what a test proves then does not depend on how busy the machine is.</summary>
internal sealed class StoppedTime : TimeProvider
{
    public static StoppedTime Instance { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NeverTimer();

    private sealed class NeverTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
