using JustHungry.Protocol.Cores;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Registers;

/// <summary>
/// What the name server knows of its storage: names and views, as of one revision. Owned by the core. Its one rule: what an answer rests on
/// was read after the question came, unless nobody else changes the storage.
/// </summary>
internal sealed class KnownState
{
    /// <summary>How often a shared storage is read though nobody asks, so that what is wrong there shows.</summary>
    private const int ReadMs = 1_000;

    private readonly INameStorage _storage;
    private readonly List<Action<Now, bool>> _waiting = []; // for a read that begins after they came
    private bool _isReading;
    private long _lastReadMs;

    public KnownState(INameStorage storage, Now now, ILogger log)
    {
        _storage = storage;
        Names = new Registry(endsLeases: !storage.IsShared);
        Groups = new GroupRegisters(Names, log);
        Begin(now);
    }

    public Registry Names { get; }

    public GroupRegisters Groups { get; }

    /// <summary>The revision that was read last: what changes rest on.</summary>
    public long Revision { get; private set; }

    /// <summary>Called when the storage turns out to have been restored from an older copy, before anybody gets an answer from it.</summary>
    public Action<Now>? Restored { get; set; }

    /// <summary>Called when a shared storage can be read, for the first time or again: nobody could register meanwhile.</summary>
    public Action<Now>? Returned { get; set; }

    /// <summary>Something was read at all.</summary>
    public bool IsRead { get; private set; }

    /// <summary>The last read had an answer.</summary>
    public bool IsCurrent { get; private set; }

    public void Tick(Now now)
    {
        if (_storage.IsShared && !_isReading && now.Ms - _lastReadMs >= ReadMs)
            Begin(now);
    }

    /// <summary>Reads what a shared storage holds now; then true, or false if nobody could tell.</summary>
    public void Refresh(Now now, Action<Now, bool> then)
    {
        if (!_storage.IsShared)
        {
            then(now, true);
            return;
        }

        _waiting.Add(then);
        if (!_isReading)
            Begin(now);
    }

    /// <summary>Goes on only with what was read after this call, and otherwise never: whoever asked is left to ask again.</summary>
    public void WhenFresh(Now now, Action<Now> then) => Refresh(now, (later, isFresh) =>
    {
        if (isFresh)
            then(later);
    });

    /// <summary>Goes on with what is known, fresh if possible: for answers on which nothing is decided.</summary>
    public void WhenKnown(Now now, Action<Now> then)
    {
        if (IsRead && !IsCurrent)
        {
            then(now); // the storage is away, and its users should not have to wait for it
            return;
        }

        Refresh(now, (later, _) =>
        {
            if (IsRead)
                then(later);
        });
    }

    /// <summary>Takes note of a change that this process has made.</summary>
    public void Apply(Now now, NameChange change, long revision)
    {
        if (_storage.IsShared && revision <= Revision)
            return; // what was read meanwhile includes it, and perhaps what followed

        switch (change)
        {
            case PutName put:
                Names.Hold(now.Ms, put.Name);
                break;
            case RemoveNames removed:
                Names.Remove(removed.Names);
                break;
            case MakeView made:
                Groups.Adopt(made.Made);
                break;
            default:
                throw new InvalidOperationException($"no such change: {change}");
        }
    }

    private void Begin(Now now)
    {
        _isReading = true;
        _lastReadMs = now.Ms;
        Action<Now, bool>[] asked = [.. _waiting];
        _waiting.Clear();
        _storage.Read(now, (later, state) => Done(later, state, asked));
    }

    private void Done(Now now, StoredState? state, Action<Now, bool>[] asked)
    {
        _isReading = false;
        bool isBack = state is not null && !IsCurrent && _storage.IsShared;
        IsCurrent = state is not null;
        if (isBack)
            Returned?.Invoke(now);
        if (state is { WasRestored: true })
            Restored?.Invoke(now);
        if (state is not null && (!IsRead || state.Revision != Revision || state.WasRestored))
            Take(now, state);
        if (_waiting.Count > 0)
            Begin(now);
        foreach (Action<Now, bool> then in asked)
            then(now, state is not null);
    }

    private void Take(Now now, StoredState state)
    {
        IsRead = true;
        Revision = state.Revision;
        Names.Restore(now.Ms, state.Names);
        Groups.Restore(state.Views);
    }
}
