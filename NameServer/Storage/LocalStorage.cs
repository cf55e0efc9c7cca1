using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Storage;

/// <summary>
/// A storage that belongs to this process: each call returns when its effect would survive the loss of power, or throws, and every answer
/// comes at once. What a change rests on always holds, since nobody else makes one.
/// </summary>
internal abstract class LocalStorage : INameStorage
{
    private long _revision;

    public bool IsShared => false;

    public virtual DiskId Register => DiskId.None;

    /// <summary>Names in the order they were first recorded, and the last view of each group.</summary>
    public abstract (IReadOnlyList<StoredName> Names, IReadOnlyList<StoredView> Views) Load();

    /// <summary>Adds a name, or replaces what is stored of it.</summary>
    public abstract void Put(StoredName name);

    public abstract void Remove(IReadOnlyList<string> names);

    /// <summary>
    /// Adds a view to its group's history; the last one added is in force. Older views are deleted, except for the last
    /// <see cref="StoredView.KeptMax"/> and those of the kinds that <see cref="StoredView.IsKeptForEver"/> names.
    /// </summary>
    public abstract void Append(StoredView view);

    /// <summary>A group's views with epochs above <paramref name="after"/>, oldest first.</summary>
    public abstract IReadOnlyList<MadeView> History(string group, Epoch after, int countMax);

    public void Read(Now now, Action<Now, StoredState?> then)
    {
        (IReadOnlyList<StoredName> names, IReadOnlyList<StoredView> views) = Load();
        then(now, new StoredState(_revision, names, views));
    }

    public void Commit(Now now, NameChange change, Action<Now, Committed> then)
    {
        switch (change)
        {
            case PutName put:
                Put(put.Name with { HasCalled = false }); // of this run; after the next start it must call again
                break;
            case RemoveNames removed:
                Remove(removed.Names);
                break;
            case MakeView made:
                Append(made.Made);
                break;
            default:
                throw new InvalidOperationException($"no such change: {change}");
        }

        then(now, new Committed(CommitOutcome.Done, ++_revision));
    }

    public void ReadHistory(Now now, string group, Epoch after, int countMax, Action<Now, IReadOnlyList<MadeView>?> then) =>
        then(now, History(group, after, countMax));

    public virtual void Dispose()
    {
    }
}
