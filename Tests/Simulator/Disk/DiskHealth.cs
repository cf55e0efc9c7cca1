namespace JustHungry.Simulator.Disk;

/// <summary>How a replica's disk behaves now. The fault injector sets it.</summary>
internal sealed class DiskHealth
{
    private const long UsualSyncLeastUs = 100;

    private readonly long _usualSyncMostUs;

    public DiskHealth(long usualSyncMostUs, DiskPieces? pieces = null)
    {
        _usualSyncMostUs = usualSyncMostUs;
        Pieces = pieces ?? DiskPieces.Usual;
        Heal();
    }

    public DiskPieces Pieces { get; }

    public long SyncLeastUs { get; set; }

    public long SyncMostUs { get; set; }

    /// <summary>No sync ends before this time.</summary>
    public long HangsUntilUs { get; set; }

    /// <summary>The next sync of the log fails.</summary>
    public bool FailsNext { get; set; }

    /// <summary>The next sync of the tables fails.</summary>
    public bool FailsNextTables { get; set; }

    /// <summary>Nothing can be written before this time: the disk is full.</summary>
    public long FullUntilUs { get; set; }

    public void BeQuick() => SyncMostUs = _usualSyncMostUs;

    public void Heal()
    {
        SyncLeastUs = UsualSyncLeastUs;
        BeQuick();
        HangsUntilUs = 0;
        FailsNext = false;
        FailsNextTables = false;
        FullUntilUs = 0;
    }
}
