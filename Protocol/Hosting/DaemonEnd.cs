namespace JustHungry.Protocol.Hosting;

/// <summary>How a daemon has ended.</summary>
/// <param name="ExitCode">One of <see cref="Hosting.ExitCode"/>.</param>
/// <param name="Line">For stderr; null: nothing is to be said.</param>
public readonly record struct DaemonEnd(int ExitCode, string? Line)
{
    /// <summary>It was told to stop, and did.</summary>
    public static DaemonEnd Stopped { get; } = new(Hosting.ExitCode.Done, null);
}
