using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.Checks;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Disk;

/// <summary>
/// The name server's disk. Its calls are synchronous: when one returns, its effect is durable; a crash comes before or after it, and one
/// that fails may have had its effect. It can be restored to an older state, as by an operator with a backup.
/// </summary>
internal sealed class SimNameStorage : LocalStorage
{
    private readonly SortedDictionary<string, Ledger> _ledgers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, StoredName> _names = new(StringComparer.Ordinal);
    private readonly List<StoredView> _views = [];

    public SimNameStorage(Ledger ledger, Chance chance)
    {
        _ledgers.Add(NameRules.DefaultGroup, ledger);
        Health = new NameDiskHealth(chance);
    }

    public NameDiskHealth Health { get; }

    /// <summary>Told of each name that is removed, and whose it was.</summary>
    public Action<string, BootId>? NameRemoved { get; init; }

    /// <summary>There is another group, whose views this ledger sees.</summary>
    public void Add(string group, Ledger ledger) => _ledgers.Add(group, ledger);

    public override (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load() =>
        ([.. _names.Values.OrderBy(n => n.Order)], [.. _ledgers.Keys.Select(LastOf).OfType<StoredView>()]);

    public override void Put(StoredName name) => Health.Write(() => _names[name.Registration.Name] = name);

    public override void Remove(IReadOnlyList<string> names) => Health.Write(() =>
    {
        foreach (string name in names)
        {
            if (_names.Remove(name, out StoredName? held))
                NameRemoved?.Invoke(name, held.Registration.Boot);
        }
    });

    public override void Append(StoredView view) => Health.Write(() =>
    {
        _views.Add(view);
        if (!_ledgers.TryGetValue(view.View.Group, out Ledger? ledger))
            throw new ViolationException($"11: {view.View} is of a group that nobody has begun");
        ledger.ViewMade(view.View, view.Kind);
    });

    public override IReadOnlyList<MadeView> History(string group, Epoch after, int countMax) =>
        [.. _views.Where(v => v.View.Group == group && v.View.Epoch > after).Select(v => v.ToMadeView()).Take(countMax)];

    /// <summary>The process that holds a name; None if nobody does.</summary>
    public BootId HolderOf(string name) => _names.TryGetValue(name, out StoredName? held) ? held.Registration.Boot : BootId.None;

    /// <summary>Every name that is recorded, and the process that holds it.</summary>
    public IEnumerable<(string Name, BootId Boot)> Holders => _names.Select(n => (n.Key, n.Value.Registration.Boot));

    /// <summary>Our group's view.</summary>
    public View? View => LastOf(NameRules.DefaultGroup)?.View;

    /// <summary>Forgets our group's last views, as an older copy would.</summary>
    public void Forget(int views)
    {
        for (; views > 0 && LastOf(NameRules.DefaultGroup) is { } last; views--)
            _views.Remove(last);
    }

    private StoredView? LastOf(string group) => _views.FindLast(v => v.View.Group == group);
}
