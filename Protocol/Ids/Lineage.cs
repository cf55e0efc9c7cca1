namespace JustHungry.Protocol.Ids;

/// <summary>
/// Which history a view continues: the one that began with Bootstrap, or one that an operator's unclean promotion or repair began. Logs
/// are compared entry by entry only within one lineage: in another, the same (index, epoch) may be a different entry.
/// </summary>
/// <param name="Id">
/// The id of the proposal that began it, so that two registers, one of them an old copy, never begin the same lineage.
/// </param>
/// <param name="Since">The epoch of the view that began it.</param>
public readonly record struct Lineage(UInt128 Id, Epoch Since)
{
    /// <summary>A cluster's first one.</summary>
    public static Lineage First => default;

    public override string ToString() => this == First ? "first" : $"{Id:x32} since {Since}";
}
