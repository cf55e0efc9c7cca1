using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Hosting;

/// <summary>Why a replica's process ended.</summary>
internal enum ReplicaEndKind
{
    /// <summary>It was told to stop.</summary>
    Stopped,

    /// <summary>Its data directory was kept under another name: the next process starts on the empty one.</summary>
    SetAside,
    DiskFailed,

    /// <summary>Another process found this one dead and took over its name.</summary>
    NameTaken,

    /// <summary>A live process already held the name, which this process never got.</summary>
    NameHeld,
}

/// <param name="Other">Where the process that has the name listens.</param>
/// <param name="Failure">The disk's failure.</param>
internal sealed record ReplicaEnd(ReplicaEndKind Kind, Endpoint Other = default, Exception? Failure = null);
