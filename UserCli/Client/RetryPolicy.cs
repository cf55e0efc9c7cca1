namespace JustHungry.UserCli.Client;

/// <summary>How stubborn a client is.</summary>
/// <param name="Retries">How many new tries follow the one that is made at once.</param>
/// <param name="IntervalMs">The time before each of them.</param>
internal readonly record struct RetryPolicy(int Retries, long IntervalMs)
{
    /// <summary>As the original: every 5 seconds, 5 times.</summary>
    public static RetryPolicy Default => new(5, 5_000);
}
