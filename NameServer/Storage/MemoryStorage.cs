using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Storage;

/// <summary>
/// Keeps what the name server stores in memory, for as long as this object lives: for <c>--storage memory</c> and for tests.
/// </summary>
internal sealed class MemoryStorage : LocalStorage
{
    private readonly Dictionary<string, StoredName> _names = [];
    private readonly List<StoredView> _views = [];

    /// <summary>As short-lived as what is kept.</summary>
    public override DiskId Register { get; } = new(FreshIds.Next());

    public override (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load() =>
        ([.. _names.Values.OrderBy(n => n.Order)], [.. _views.GroupBy(v => v.View.Group).Select(g => g.MaxBy(v => v.View.Epoch)!)]);

    public override void Put(StoredName name) => _names[name.Registration.Name] = name;

    public override void Remove(IReadOnlyList<string> names)
    {
        foreach (string name in names)
            _names.Remove(name);
    }

    public override void Append(StoredView view)
    {
        _views.Add(view);
        StoredView[] passing = [.. _views.Where(v => v.View.Group == view.View.Group && !StoredView.IsKeptForEver(v.Kind))];
        foreach (StoredView old in passing.SkipLast(StoredView.KeptMax))
            _views.Remove(old);
    }

    public override IReadOnlyList<MadeView> History(string group, Epoch after, int countMax) =>
        [.. _views.Where(v => v.View.Group == group && v.View.Epoch > after).Select(v => v.ToMadeView()).Take(countMax)];
}
