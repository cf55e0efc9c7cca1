using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Storage;

/// <summary>
/// Keeps what the name server stores in memory, for as long as this object lives: for <c>--storage memory</c> and for tests.
/// </summary>
internal sealed class MemoryStorage : INameStorage
{
    private readonly Dictionary<string, StoredName> _names = [];
    private readonly List<StoredView> _views = [];

    public (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load() =>
        ([.. _names.Values.OrderBy(n => n.Order)], [.. _views.GroupBy(v => v.View.Group).Select(g => g.MaxBy(v => v.View.Epoch)!)]);

    public void Put(StoredName name) => _names[name.Registration.Name] = name;

    public void Remove(IReadOnlyList<string> names)
    {
        foreach (string name in names)
            _names.Remove(name);
    }

    public void Append(StoredView view)
    {
        _views.Add(view);
        StoredView[] passing = [.. _views.Where(v => v.View.Group == view.View.Group && !StoredView.IsKeptForEver(v.Kind))];
        foreach (StoredView old in passing.SkipLast(StoredView.KeptMax))
            _views.Remove(old);
    }

    public IReadOnlyList<MadeView> History(string group, Epoch after, int countMax) =>
        [.. _views.Where(v => v.View.Group == group && v.View.Epoch > after).Select(v => v.ToMadeView()).Take(countMax)];

    public void Dispose()
    {
    }
}
