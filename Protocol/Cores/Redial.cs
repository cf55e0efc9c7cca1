namespace JustHungry.Protocol.Cores;

/// <summary>
/// When to dial a peer again: soon at first, since it may be restarting, and when it does not come back, after twice as long each time. Where it is said to listen there may be a stranger who hangs
/// up at once, and who must not be dialled without end. Part of a core and owned by it.
/// </summary>
/// <param name="firstMs">The first wait.</param>
/// <param name="mostMs">The longest wait.</param>
public sealed class Redial(int firstMs, int mostMs)
{
    /// <summary>So often it is tried after the first wait: with 100 ms for two seconds, in which a server that was restarted is back.</summary>
    public const int SoonMax = 20;

    private int _failures;
    private long _dialledMs;
    private long _nextMs;

    public bool IsDue(Now now) => now.Ms >= _nextMs;

    public void Dialled(Now now)
    {
        _dialledMs = now.Ms;
        _nextMs = now.Ms + firstMs;
    }

    /// <summary>It could not be reached, was somebody else, or hung up soon.</summary>
    public void Failed(Now now)
    {
        long waitMs = Math.Min((long)firstMs << Math.Max(0, _failures - SoonMax + 1), mostMs);
        _nextMs = now.Ms + waitMs;
        if (waitMs < mostMs)
            _failures++;
    }

    /// <summary>It was the right one, and stayed for a while: it is dialled at once, and its next failure is a first one.</summary>
    public void Lasted(Now now) => Next(now.Ms);

    /// <summary>Not before this time, whatever happened before.</summary>
    public void Next(long atMs)
    {
        _failures = 0;
        _nextMs = atMs;
    }

    /// <summary>It is said to have started anew or moved, so it need not wait any longer. But that may be a lie, so the shortest wait remains.</summary>
    public void HasNews() => _nextMs = Math.Min(_nextMs, _dialledMs + firstMs);
}
