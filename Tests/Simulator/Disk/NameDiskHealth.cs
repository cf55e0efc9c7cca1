using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Disk;

/// <summary>How the name server's disk behaves now. Its writes are synchronous, so a slow one keeps the whole process busy.</summary>
internal sealed class NameDiskHealth(Chance chance)
{
    /// <summary>How long each write takes at most.</summary>
    public long WriteMostUs { get; set; }

    /// <summary>The next write fails; it may have reached the disk all the same.</summary>
    public bool FailsNext { get; set; }

    /// <summary>The process that is busy while a write lasts.</summary>
    public SimProcess? Process { get; set; }

    public void Heal() => (WriteMostUs, FailsNext) = (0, false);

    /// <exception cref="SimDiskException">The write failed.</exception>
    public void Write(Action write)
    {
        if (WriteMostUs > 0)
            Process?.Spend(chance.Between(WriteMostUs / 10, WriteMostUs));
        bool fails = FailsNext;
        FailsNext = false;
        if (!fails || chance.OneIn(2))
            write();
        if (fails)
            throw new SimDiskException("cannot write to its disk");
    }
}
