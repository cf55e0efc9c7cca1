using NUnit.Framework;

namespace JustHungry.Tests.UserCli.Support;

/// <summary>Waits for a state with a deadline instead of sleeping.</summary>
internal static class Eventually
{
    private const int DeadlineMs = 10_000;
    private const int PollMs = 5;

    /// <param name="describe">What there is instead.</param>
    public static async Task True(Func<bool> condition, Func<string>? describe = null)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started).TotalMilliseconds > DeadlineMs)
                Assert.Fail($"not within {DeadlineMs} ms{(describe is null ? "" : ": " + describe())}");
            await Task.Delay(PollMs);
        }
    }
}
