namespace JustHungry.Protocol.Framing;

/// <summary>The first element of every frame. Numbers are never re-used; PROTOCOL.md says who sends each and what the receiver does.</summary>
public enum MessageType
{
    None = 0,

    // Everybody, first on every connection
    Hello = 1,
    HelloRefused = 2,

    // To and from the name server
    Register = 10,
    Registered = 11,
    Remove = 12,
    Removed = 13,
    Lookup = 14,
    Found = 15,
    List = 16,
    Listed = 17,
    // 18 and 19 were SetMetadata and its answer, which no program ever sent.
    Count = 20,
    Counted = 21,
    Ping = 22,
    Pong = 23,
    GetView = 24,
    ViewIs = 25,
    Propose = 26,
    Proposed = 27,
    NameRefused = 28,
    GetHistory = 29,
    HistoryIs = 30,

    // A front end or operator, and a replica
    Status = 40,
    StatusReport = 41,
    NewView = 42,
    ViewAdopted = 43,
    Sync = 44,
    MemberStalled = 45,
    Resigning = 46,
    Leaving = 47,
    Execute = 50,
    Executed = 51,
    PropagateBackup = 52,
    Propagated = 53,
    Refused = 54,

    // The primary and its backups
    Append = 60,
    Appended = 61,
    Mismatch = 62,
    TransferBegin = 63,
    TransferReady = 64,
    TransferRows = 65,
    TransferEnd = 66,
    TransferRefused = 67,

    // A user and a front end
    Request = 70,
    Reply = 71,

    // An operator and a front end
    FrontEndStatus = 80,
    FrontEndReport = 81,
}
