using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol;

/// <summary>
/// Runs work that nobody awaits. Such work catches the exceptions that it expects; any other is a bug of ours, and is logged here because
/// nobody else would ever see it.
/// </summary>
public static class Background
{
    /// <param name="what">What is being done, for the log: "accepting connections".</param>
    /// <param name="work">Already begun. Being cancelled counts as done.</param>
    public static void Run(ILogger log, string what, Task work)
    {
        ArgumentNullException.ThrowIfNull(work);
        _ = ObserveAsync(log, what, work);
    }

    private static async Task ObserveAsync(ILogger log, string what, Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // cancelled by whoever began it
        }
        catch (Exception e)
        {
            Log.BackgroundFailed(log, what, e);
        }
    }
}
