using JustHungry.Protocol.Rpc;

namespace JustHungry.Protocol.Hosting;

/// <summary>
/// Reads a core's state for its metrics once a second, as an event in its loop: a core is nobody else's to read, and nothing is measured
/// on the way of a request.
/// </summary>
public static class LoopSample
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Until the loop ends.</summary>
    public static async Task RunAsync(CoreLoop loop, Action take)
    {
        ArgumentNullException.ThrowIfNull(loop);
        using var timer = new PeriodicTimer(Every);
        try
        {
            while (await timer.WaitForNextTickAsync(loop.Stopping).ConfigureAwait(false))
                loop.Post(_ => take());
        }
        catch (OperationCanceledException)
        {
            // the loop has ended
        }
    }
}
