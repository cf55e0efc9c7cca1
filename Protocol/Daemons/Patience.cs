namespace JustHungry.Protocol.Daemons;

/// <summary>What a start does when something holds it up that will pass: it says so once, and waits until it has passed or the daemon is stopped.</summary>
/// <param name="Say">Gets a sentence without its full stop.</param>
public sealed record Patience(Action<string> Say, CancellationToken Stop);
