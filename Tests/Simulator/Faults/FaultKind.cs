namespace JustHungry.Simulator.Faults;

/// <summary>What can befall a cluster.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a process, between any two of its effects; it starts again later.</summary>
    Kill,

    /// <summary>kill -9 of everything at once.</summary>
    KillAll,

    /// <summary>A machine loses power: unsynced writes are gone, and its peers are not told.</summary>
    PowerLoss,
    PowerLossAll,

    /// <summary>A process stops for up to a minute, and then goes on with old timers and messages.</summary>
    Freeze,

    /// <summary>Nothing arrives in one direction between two processes.</summary>
    CutOneWay,

    /// <summary>One process is cut off from some others, in both directions.</summary>
    Isolate,

    /// <summary>The processes fall into two halves.</summary>
    Partition,

    /// <summary>
    /// The primary and one front end are cut off from the rest, and the last acks to the primary come late: it may be deposed without
    /// hearing of it.
    /// </summary>
    LeaveAlone,

    /// <summary>One direction between two processes becomes slow.</summary>
    SlowLink,

    /// <summary>Few bytes pass in one direction between two processes.</summary>
    ThinLink,

    /// <summary>Segments are lost in one direction between two processes, and sent again later.</summary>
    LossyLink,

    /// <summary>A connection breaks at both ends.</summary>
    Reset,

    /// <summary>A connection breaks at one end; the other end does not notice.</summary>
    HalfOpen,
    SlowDisk,

    /// <summary>A disk does nothing for a while.</summary>
    HangDisk,

    /// <summary>The next sync of the log fails; the process must stop.</summary>
    FailDisk,

    /// <summary>The same for the tables.</summary>
    FailTables,

    /// <summary>A disk is full for a while: nothing can be written, and the process can't start.</summary>
    FullDisk,

    /// <summary>Each write of the name server takes up to seconds, in which it does nothing else.</summary>
    SlowNameDisk,

    /// <summary>The next write of the name server fails, though it may have reached the disk; the process must stop.</summary>
    FailNameDisk,

    /// <summary>The steps of a process take time in proportion to what it reads, and a few of them seconds.</summary>
    Overload,

    /// <summary>Somebody sets a machine's date.</summary>
    SetDate,

    /// <summary>A replica starts again under the same id with an empty disk.</summary>
    Wipe,

    /// <summary>
    /// SIGTERM: a primary resigns, a backup or front end announces that it is leaving, and the process ends a little later.
    /// </summary>
    Stop,

    /// <summary>An operator starts another server.</summary>
    AddServer,

    /// <summary>An operator stops a server for good.</summary>
    RemoveServer,

    /// <summary>An operator starts two servers each on the other's disk, and later puts that right.</summary>
    WrongDisks,

    /// <summary>An operator restores a copy of a server under the name of the group, and stops it again.</summary>
    TwoClusters,

    /// <summary>Somebody begins another group at the same name server, with the ids of our servers, and at some of their ports.</summary>
    OtherGroup,

    /// <summary>The same with a copy of one of our servers.</summary>
    GroupFromCopy,

    /// <summary>An operator hands over to any member that answers.</summary>
    Promote,

    /// <summary>An operator stops the others, and promotes any replica uncleanly.</summary>
    PromoteUncleanly,

    /// <summary>The name server is restored to an older copy or to nothing; an operator repairs it.</summary>
    LoseRegister,
}
