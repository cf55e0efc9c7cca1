using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Disk;

/// <summary>
/// The name server's disk. Its calls are synchronous: when one returns, its effect is durable; a crash comes before or after it, and one
/// that fails may have had its effect. It can be restored to an older state, as by an operator with a backup.
/// </summary>
internal sealed class SimNameStorage(Ledger ledger, Chance chance) : LocalStorage
{
    private readonly SortedDictionary<string, StoredName> _names = new(StringComparer.Ordinal);
    private readonly List<StoredView> _views = [];

    public NameDiskHealth Health { get; } = new(chance);

    public override (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load() =>
        ([.. _names.Values.OrderBy(n => n.Order)], _views.Count > 0 ? [_views[^1]] : []);

    public override void Put(StoredName name) => Health.Write(() => _names[name.Registration.Name] = name);

    public override void Remove(IReadOnlyList<string> names) => Health.Write(() =>
    {
        foreach (string name in names)
            _names.Remove(name);
    });

    public override void Append(StoredView view) => Health.Write(() =>
    {
        _views.Add(view);
        ledger.ViewMade(view.View, view.Kind);
    });

    public override IReadOnlyList<MadeView> History(string group, Epoch after, int countMax) =>
        [.. _views.Where(v => v.View.Epoch > after).Select(v => v.ToMadeView()).Take(countMax)];

    /// <summary>The process that holds a name; None if nobody does.</summary>
    public BootId HolderOf(string name) => _names.TryGetValue(name, out StoredName? held) ? held.Registration.Boot : BootId.None;

    /// <summary>Every name that is recorded, and the process that holds it.</summary>
    public IEnumerable<(string Name, BootId Boot)> Holders => _names.Select(n => (n.Key, n.Value.Registration.Boot));

    public View? View => _views.Count > 0 ? _views[^1].View : null;

    /// <summary>Forgets the last views, as an older copy would.</summary>
    public void Forget(int views) => _views.RemoveRange(Math.Max(0, _views.Count - views), Math.Min(views, _views.Count));
}
