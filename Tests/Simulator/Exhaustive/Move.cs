namespace JustHungry.Simulator.Exhaustive;

/// <summary>What may happen next, between any two steps of the cores.</summary>
internal enum MoveKind : byte
{
    /// <summary>The next frame, or the end of the stream, arrives in one direction of a connection.</summary>
    Deliver,

    /// <summary>A replica's running write is synced.</summary>
    Sync,

    /// <summary>A replica's state is loaded.</summary>
    Load,

    /// <summary>A primary sends a heartbeat, when nothing else would find out where the logs meet.</summary>
    Beat,

    /// <summary>A front end sends a view to a replica.</summary>
    Tell,

    /// <summary>A front end finds out who leads.</summary>
    Learn,

    /// <summary>The register makes the next view.</summary>
    Make,

    /// <summary>A user's request reaches a front end, for the first time or again.</summary>
    Ask,

    /// <summary>kill -9: the page cache stays, and what was sent arrives.</summary>
    Kill,

    /// <summary>The power fails: unsynced writes and what was sent are lost.</summary>
    LosePower,
    Start,
}

/// <summary>A move that is possible in a state; the numbers say which link, replica, view or request.</summary>
internal readonly record struct Move(MoveKind Kind, int Which, int What)
{
    public override string ToString() => $"{Kind} {Which} {What}";
}
