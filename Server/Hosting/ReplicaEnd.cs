using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Hosting;

/// <summary>How a replica's process came to its end.</summary>
internal enum ReplicaEndKind
{
    /// <summary>It was told to stop.</summary>
    Stopped,

    /// <summary>Its data directory is kept under another name: it begins anew on the empty one.</summary>
    SetAside,
    DiskFailed,

    /// <summary>The name server gave its name to another process, which had found this one dead.</summary>
    NameTaken,

    /// <summary>Another process, which lives, had the name before this one ever got it.</summary>
    NameHeld,
}

/// <param name="Other">The process that has the name.</param>
/// <param name="Failure">The disk's.</param>
internal sealed record ReplicaEnd(ReplicaEndKind Kind, Endpoint Other = default, Exception? Failure = null);
