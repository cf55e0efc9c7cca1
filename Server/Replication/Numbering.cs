namespace JustHungry.Server.Replication;

/// <summary>Gives out 1, 2, 3…: each number once.</summary>
internal sealed class Numbering
{
    private ulong _last;

    public ulong Next() => ++_last;
}
