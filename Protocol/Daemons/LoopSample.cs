using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Loops;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// Reads a core's state for its metrics once a second, as an event in its loop: nobody else may read a core, and requests are not slowed
/// down by measuring.
/// </summary>
public static class LoopSample
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Samples until the loop ends.</summary>
    /// <param name="take">Gets the core, the time, and how many events wait for the loop.</param>
    public static async Task RunAsync<TCore>(CoreLoop<TCore> loop, Action<TCore, Now, int> take)
        where TCore : class, ICore
    {
        ArgumentNullException.ThrowIfNull(loop);
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(loop.Stopping).ConfigureAwait(false))
                loop.Post((core, now) => take(core, now, loop.Queued));
        }
        catch (OperationCanceledException)
        {
            // the loop has ended
        }
    }
}
