namespace JustHungry.Protocol.Ids;

/// <summary>
/// Which history a view goes on with: the one it was bootstrapped with, or the one that an operator's unclean promotion or repair began.
/// Logs are compared entry by entry only within one lineage: elsewhere the same (index, epoch) may be another entry.
/// </summary>
/// <param name="Id">The proposal's that began it: two registers, one of them an old copy, never begin the same one.</param>
/// <param name="Since">The epoch of the view that began it.</param>
public readonly record struct Lineage(UInt128 Id, Epoch Since)
{
    /// <summary>A cluster's first one.</summary>
    public static Lineage First => default;

    public override string ToString() => this == First ? "first" : $"{Id:x32} since {Since}";
}
