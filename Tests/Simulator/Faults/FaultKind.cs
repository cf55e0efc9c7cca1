namespace JustHungry.Simulator.Faults;

/// <summary>What can befall a cluster.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a process, between any two of its effects; it starts again later.</summary>
    Kill,

    /// <summary>kill -9 of everything at once.</summary>
    KillAll,

    /// <summary>A machine loses its power: unsynced writes are gone, and nobody is told.</summary>
    PowerLoss,
    PowerLossAll,

    /// <summary>A process stands still, for up to a minute, and goes on with old timers and messages.</summary>
    Freeze,

    /// <summary>Nothing arrives in one direction between two processes.</summary>
    CutOneWay,

    /// <summary>One process is cut off from some others, both ways.</summary>
    Isolate,

    /// <summary>The processes fall into two halves.</summary>
    Partition,

    /// <summary>The primary and a front end are left to themselves, and the last acks to it come late: it may be deposed without a word.</summary>
    LeaveAlone,

    /// <summary>A direction between two processes becomes slow.</summary>
    SlowLink,

    /// <summary>A connection breaks at both ends.</summary>
    Reset,

    /// <summary>A connection breaks at one end; the other does not know.</summary>
    HalfOpen,
    SlowDisk,

    /// <summary>A disk does nothing for a while.</summary>
    HangDisk,

    /// <summary>The next sync fails; the process must stop.</summary>
    FailDisk,

    /// <summary>A replica starts again under its id with an empty disk.</summary>
    Wipe,

    /// <summary>SIGTERM: a primary resigns, a backup or front end takes its leave, and the process ends a little later.</summary>
    Stop,

    /// <summary>An operator starts another server.</summary>
    AddServer,

    /// <summary>An operator stops a server for good.</summary>
    RemoveServer,

    /// <summary>An operator stops the others, and promotes any replica uncleanly.</summary>
    PromoteUncleanly,

    /// <summary>The name server is put back to an older copy of itself, or to nothing; an operator repairs it.</summary>
    LoseRegister,
}
