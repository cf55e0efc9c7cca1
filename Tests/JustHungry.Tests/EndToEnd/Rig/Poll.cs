using System.Diagnostics;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>Waiting for a state: asked again and again until a deadline, never slept for.</summary>
internal static class Poll
{
    /// <summary>For what takes a second at most on an idle machine.</summary>
    public const int DeadlineMs = 20_000;

    private const int IntervalMs = 10;

    public static Task UntilAsync(string what, Func<bool> holds, int deadlineMs = DeadlineMs) =>
        UntilAsync(what, () => Task.FromResult(holds()), deadlineMs);

    public static Task UntilAsync(string what, Func<Task<bool>> holds, int deadlineMs = DeadlineMs) =>
        ForAsync(what, async () => await holds() ? what : null, deadlineMs);

    /// <summary>The first answer that is not null.</summary>
    public static async Task<T> ForAsync<T>(string what, Func<Task<T?>> ask, int deadlineMs = DeadlineMs)
        where T : class
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (Stopwatch.GetElapsedTime(started).TotalMilliseconds > deadlineMs)
                throw new TimeoutException($"not within {deadlineMs} ms: {what}");
            await Task.Delay(IntervalMs);
        }
    }
}
