namespace JustHungry.Tests.UserCli.Support;

/// <summary>A clock on which a second takes 10 ms: the default time-outs and intervals pass quickly, in their proportions.</summary>
internal sealed class FastTime : TimeProvider
{
    private const int Speed = 100;

    public override long GetTimestamp() => System.GetTimestamp() * Speed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Scale(dueTime), Scale(period));

    private static TimeSpan Scale(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? span : span / Speed;
}
