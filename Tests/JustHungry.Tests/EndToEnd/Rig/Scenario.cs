using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>Runs one story on a cluster, with a hard time limit; a failure's message ends with what every process said.</summary>
internal static class Scenario
{
    private const int LimitMs = 90_000;

    /// <summary>Five processes that start keep two cores busy. Two clusters that start at once would only be late together.</summary>
    private static readonly SemaphoreSlim Starting = new(1);

    public static async Task RunAsync(Func<Task<Cluster>> start, Func<Cluster, Task> story)
    {
        await using Cluster cluster = await StartAsync(start);
        try
        {
            await story(cluster).WaitAsync(TimeSpan.FromMilliseconds(LimitMs));
        }
        catch (Exception e) when (e is not (IgnoreException or SuccessException or InconclusiveException))
        {
            throw new AssertionException($"{e.Message}\n\n{e.StackTrace}\n\n{cluster.Describe()}", e);
        }
    }

    private static async Task<Cluster> StartAsync(Func<Task<Cluster>> start)
    {
        await Starting.WaitAsync();
        try
        {
            return await start();
        }
        catch (Exception e) when (e.Data["processes"] is string processes)
        {
            throw new AssertionException($"the cluster did not start: {e.Message}\n\n{processes}", e);
        }
        finally
        {
            Starting.Release();
        }
    }
}
