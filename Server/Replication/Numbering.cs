namespace JustHungry.Server.Replication;

/// <summary>Gives out the numbers 1, 2, 3…, each once.</summary>
internal sealed class Numbering
{
    private ulong _last;

    public ulong Next() => ++_last;
}
