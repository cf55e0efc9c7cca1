namespace JustHungry.UserCli.Client;

/// <summary>How stubborn a client is.</summary>
/// <param name="Retries">How many retries follow the immediate second attempt.</param>
/// <param name="IntervalMs">The time before each of them.</param>
internal readonly record struct RetryPolicy(int Retries, long IntervalMs)
{
    /// <summary>As in the original system: every 5 seconds, 5 times.</summary>
    public static RetryPolicy Default => new(5, 5_000);
}
