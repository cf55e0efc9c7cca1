namespace JustHungry.Protocol.Cores;

/// <summary>
/// Branches that are taken so seldom that many schedules may pass without one: overload, refusals, work that is broken off and resumed. A
/// test that never reaches them proves nothing about them, so the simulator counts them, and its test fails if one of them was never taken.
/// </summary>
public enum RareBranch
{
    /// <summary>A front end has no room for another request.</summary>
    FrontEndFull,

    /// <summary>A connection has as many requests in flight as it may.</summary>
    ConnectionFull,

    /// <summary>A user has as many requests in flight as it may.</summary>
    UserFull,

    /// <summary>An answer comes for a sending that is over: its slot is free, waits again, or holds another request.</summary>
    LateExecuted,

    /// <summary>A held reply was given up, or its slot re-used, before a barrier covered it.</summary>
    HeldReplyGone,

    /// <summary>A connection has its turn and no room for another answer.</summary>
    NoRoomForAnswer,

    /// <summary>Too many USER_DETAILS are under way for another.</summary>
    NoRoomForLookUp,

    /// <summary>A request is given back, because primaries failed while it was under way.</summary>
    GivenBack,

    /// <summary>A request that may be the reason why primaries fail has to wait.</summary>
    SuspectWaits,

    /// <summary>A barrier was refused.</summary>
    BarrierRefused,

    /// <summary>A retrieval was refused by the primary and waits for the next tick.</summary>
    HeldBack,

    /// <summary>A request has waited for as long as it may.</summary>
    OutOfPatience,

    /// <summary>A primary has too much that is not committed.</summary>
    UncommittedFull,

    /// <summary>A primary has too many answers that have not left.</summary>
    UnsentFull,

    /// <summary>A primary asks about as many postcodes as it may.</summary>
    LookUpsFull,

    /// <summary>A primary has as many barriers as it may.</summary>
    BarriersFull,

    /// <summary>A log is cut while a write runs or waits.</summary>
    CutBesideAWrite,

    /// <summary>A cut goes through the middle of a batch.</summary>
    CutInsideABatch,

    /// <summary>An ack was due for a write under way when a later view came.</summary>
    AckForgotten,

    /// <summary>A follower's run of entries begins below our base: it is asked for the base itself.</summary>
    ProbeAtTheBase,

    /// <summary>A connection to a follower has brought nothing for so long that it is dialled anew.</summary>
    FollowerLost,

    /// <summary>A spare has to wait until the transfer to another has ended.</summary>
    TransferWaits,

    /// <summary>A transfer's connection broke.</summary>
    TransferSuspended,

    /// <summary>A transfer's last chunk is sent again over the next connection.</summary>
    ChunkSentAgain,

    /// <summary>A spare was restarted during its transfer, which begins again.</summary>
    TransferBegunAgain,

    /// <summary>A suspended transfer is given up.</summary>
    TransferGivenUp,

    /// <summary>A transfer's place is taken away, since it does not move.</summary>
    TransferStuck,

    /// <summary>A spare resumes an installation where it was.</summary>
    InstallResumed,

    /// <summary>A spare breaks off an installation that had begun.</summary>
    InstallPaused,

    /// <summary>A spare refuses a transfer.</summary>
    TransferRefused,

    /// <summary>A replica sets its disk aside.</summary>
    SetAside,

    /// <summary>A replica that does not count in the view known tells of a later one.</summary>
    ViewOfStranger,

    /// <summary>A replica refuses the view of a fork.</summary>
    Fork,

    /// <summary>The primary to be is still loading its state.</summary>
    LeadsOnceLoaded,

    /// <summary>A proposal that was accepted comes once more.</summary>
    ProposalRepeated,

    /// <summary>A name server that has just started can't judge yet.</summary>
    ProposalTooEarly,

    /// <summary>The register is older than what replicas have adopted.</summary>
    RegisterBehind,

    /// <summary>The name server stood still, so every lease is extended.</summary>
    NameServerStoodStill,
}

/// <summary>Counts the <see cref="RareBranch"/>es taken by cores on this thread, if somebody listens; otherwise costs next to nothing.</summary>
public static class Rare
{
    [ThreadStatic]
    private static long[]? _counts;

    /// <summary>From now on counts go to <paramref name="counts"/>, one for each branch; null: nowhere.</summary>
    public static void CountIn(long[]? counts) => _counts = counts;

    public static void Reached(RareBranch branch)
    {
        if (_counts is { } counts)
            counts[(int)branch]++;
    }
}
