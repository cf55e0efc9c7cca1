namespace JustHungry.Protocol.Daemons;

/// <summary>How a daemon has ended.</summary>
/// <param name="ExitCode">One of <see cref="Commands.ExitCode"/>.</param>
/// <param name="Line">For stderr; null if there is nothing to say.</param>
public readonly record struct DaemonEnd(int ExitCode, string? Line)
{
    /// <summary>It was told to stop, and did.</summary>
    public static DaemonEnd Stopped { get; } = new(Commands.ExitCode.Done, null);
}
