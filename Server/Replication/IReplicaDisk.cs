using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Shop;

namespace JustHungry.Server.Replication;

/// <summary>
/// What a replica's core asks of its disk. Each call begins work and returns at once; the answer named beside it comes to the core as a
/// separate event. A disk that fails stops the process: nothing is retried. A disk that only keeps a log, as in a small model of a group,
/// need not implement the rest.
/// </summary>
internal interface IReplicaDisk
{
    /// <summary>Writes and fsyncs <paramref name="write"/> as one record of the log. One at a time. Answer: Written.</summary>
    void Write(LogWrite write);

    /// <summary>
    /// Brings the checkpoint's tables from where they stand to <paramref name="upTo"/> by applying the entries of these batches (the first
    /// may begin earlier, the last may end later), in slices in the background, and fsyncs them. One at a time. Answer: Checkpointed.
    /// </summary>
    void Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo) => throw NotHere();

    /// <summary>Loads a new state from the checkpoint's tables. Waits for a running checkpoint. Answer: Loaded.</summary>
    void Load();

    /// <summary>Opens a consistent snapshot of the checkpoint for a state transfer to a spare. Answer: SnapshotOpened.</summary>
    void OpenSnapshot(TransferId transfer) => throw NotHere();

    /// <summary>Reads the next chunk of an open snapshot, FrameLimits.ChunkBytesMax or one row. Answer: SnapshotRead.</summary>
    void ReadSnapshot(TransferId transfer) => throw NotHere();

    void CloseSnapshot(TransferId transfer) => throw NotHere();

    /// <summary>
    /// Begins to install a transfer: durably marks the disk as having no log, and empties the log and the tables. Until EndInstall, a
    /// process that starts finds an empty disk, and appending is an error. An installation that is given up is followed by another
    /// BeginInstall, or by EndInstall at EntryPosition.Start. Answer: InstallStored (0).
    /// </summary>
    void BeginInstall(TransferId transfer) => throw NotHere();

    /// <summary>Stores one chunk of a transfer. Answer: InstallStored (chunk + 1).</summary>
    void InstallRows(TransferId transfer, int chunk, ReadOnlyMemory<byte> rows) => throw NotHere();

    /// <summary>Makes <paramref name="at"/> the position of the tables and the base of the log, and loads the state. Answer: Loaded.</summary>
    void EndInstall(TransferId transfer, EntryPosition at) => throw NotHere();

    /// <summary>
    /// Keeps the data directory under another name and leaves an empty one in its place, which will have another disk id: after an
    /// operator's unclean promotion or repair. Work that is under way gets no answer. Answer: WasSetAside.
    /// </summary>
    void SetAside() => throw NotHere();

    private static NotSupportedException NotHere() => new("this disk keeps a log, and is never checkpointed, transferred or set aside");
}

/// <summary>
/// The answers of an <see cref="IReplicaDisk"/>. They are called on the disk's own threads, one call at a time from each thread; an
/// implementation posts them to the core's loop and returns.
/// </summary>
internal interface IReplicaDiskEvents
{
    /// <summary>The write is durable.</summary>
    void Written();

    /// <summary>The tables are durable at this position: the log may be cut up to it.</summary>
    void Checkpointed(EntryPosition at);

    /// <summary>A new state, loaded from the tables at this position. It belongs to the core from now on.</summary>
    void Loaded(ShopState shop, EntryPosition at);

    /// <summary>The snapshot is open and holds the tables as they stood at this position.</summary>
    void SnapshotOpened(TransferId transfer, EntryPosition at);

    /// <summary>One more chunk; the bytes are the receiver's to keep. After the last one only CloseSnapshot is legal.</summary>
    void SnapshotRead(TransferId transfer, ReadOnlyMemory<byte> rows, bool last);

    /// <summary>The installation is durable up to the chunk before this one.</summary>
    void InstallStored(TransferId transfer, int nextChunk);

    /// <summary>The old directory was kept under another name: the process must start again on the empty one.</summary>
    void WasSetAside();

    /// <summary>The disk failed or its contents are damaged. No other answer follows: log it and end the process.</summary>
    void Failed(Exception error);
}

/// <summary>One record of the log, which becomes durable as a whole or not at all. Its parts take effect in the order given here.</summary>
internal sealed class LogWrite
{
    /// <summary>The view to adopt; null: none.</summary>
    public View? Adopt { get; set; }

    /// <summary>Delete the batches from this index on, which is always the first of a stored batch. Null: no cut.</summary>
    public EntryIndex? CutFrom { get; set; }

    public List<LogBatch> Append { get; } = [];

    /// <summary>The new base: batches that end at or below it are deleted. Null: the base stays.</summary>
    public EntryPosition? Base { get; set; }
}

/// <summary>What a disk held when the process started.</summary>
/// <param name="Adopted">The adopted view; null: none yet.</param>
/// <param name="Base">The last entry cut from the log, which therefore begins after it. Start: nothing was cut.</param>
/// <param name="Batches">The log after the base, in order.</param>
/// <param name="CheckpointAt">The position of the tables. At or after the base.</param>
/// <param name="Shop">The state in the tables.</param>
/// <param name="Loss">What the disk has lost after acknowledging it, for which it got another id; null: no loss is visible.</param>
/// <param name="Aside">Where the old directory was put because its log and tables did not fit together; the disk then starts empty. Null:
/// it was not set aside.</param>
internal sealed record RecoveredDisk(
    DiskId Disk, View? Adopted, EntryPosition Base, IReadOnlyList<LogBatch> Batches, EntryPosition CheckpointAt, ShopState Shop, string? Loss = null,
    string? Aside = null)
{
    /// <summary>The last entry of the log.</summary>
    public EntryPosition Last => Batches.Count > 0 ? Batches[^1].LastPosition : Base;
}
