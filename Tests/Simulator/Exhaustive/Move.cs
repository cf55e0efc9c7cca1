namespace JustHungry.Simulator.Exhaustive;

/// <summary>What may happen next, between any two steps of the cores.</summary>
internal enum MoveKind : byte
{
    /// <summary>The first frame, or the end, of a connection's one direction arrives.</summary>
    Deliver,

    /// <summary>A replica's running write is synced.</summary>
    Sync,

    /// <summary>A replica's state is loaded.</summary>
    Load,

    /// <summary>A primary's heartbeat, where nothing else would find out where the logs meet.</summary>
    Beat,

    /// <summary>Some front end sends a view to a replica.</summary>
    Tell,

    /// <summary>A front end finds out who leads.</summary>
    Learn,

    /// <summary>The register makes the next view.</summary>
    Make,

    /// <summary>A user's request comes to a front end: the first time, or again.</summary>
    Ask,

    /// <summary>kill -9: the page cache stays, what was sent arrives.</summary>
    Kill,

    /// <summary>The power fails: unsynced writes and what was sent are gone.</summary>
    LosePower,
    Start,
}

/// <summary>One of the moves that are possible in a state; the numbers say which link, replica, view or request.</summary>
internal readonly record struct Move(MoveKind Kind, int Which, int What)
{
    public override string ToString() => $"{Kind} {Which} {What}";
}
