namespace JustHungry.Protocol.Daemons;

/// <summary>
/// How a start deals with a passing obstacle: it says once what it waits for, and waits until that has passed or the daemon is stopped.
/// </summary>
/// <param name="Say">Called with a sentence without its full stop.</param>
public sealed record Patience(Action<string> Say, CancellationToken Stop);
