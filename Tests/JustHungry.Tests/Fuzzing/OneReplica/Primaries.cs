using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using static JustHungry.Tests.Server.Replication.ReplicaRig;

namespace JustHungry.Tests.Fuzzing.OneReplica;

/// <summary>
/// What happens in the rest of the group: one primary after another, each with a log that keeps what was committed and otherwise comes from
/// any earlier one. An entry commits only when the replica under test has acked it, if the view requires that replica.
/// </summary>
internal sealed class Primaries(Random random)
{
    private readonly Dictionary<ulong, List<PastEntry>> _logs = [];
    private readonly Dictionary<ulong, View> _views = [];
    private readonly List<PastEntry> _committed = [];
    private ulong _marks = 1_000;

    /// <summary>What the replica under test has acked in the current epoch.</summary>
    private int _acked;

    public View Current { get; private set; } = ViewOf(1, One, [One, Two]);

    public IReadOnlyList<PastEntry> Committed => _committed;

    /// <summary>How much of what is committed the replica under test had to hold when it was.</summary>
    public int MustHold { get; private set; }

    public ulong Epoch => Current.Epoch.Value;

    public bool IsRequired => Current.IsRequired(Two);

    public IReadOnlyList<PastEntry> LogOf(ulong epoch) => _logs[epoch];

    public bool HasLog(ulong epoch) => _logs.ContainsKey(epoch);

    public View ViewAt(ulong epoch) => _views[epoch];

    public void Begin(PastEntry opening)
    {
        _views[1] = Current;
        _logs[1] = [opening, PastEntry.Started(1, 1)];
    }

    /// <summary>Some entries more in the log of an epoch's primary.</summary>
    public void Extend(ulong epoch, int entries)
    {
        for (int i = 0; i < entries; i++)
            _logs[epoch].Add(PastEntry.Started(epoch, ++_marks));
    }

    /// <summary>The replica under test leads in this epoch, and this is its log now.</summary>
    public void Leads(ulong epoch, IReadOnlyList<PastEntry> log) => _logs[epoch] = [.. log];

    public void Acked(ulong epoch, int match)
    {
        if (epoch == Epoch)
            _acked = Math.Max(_acked, match);
    }

    /// <summary>Every other member has acked too, or some of it.</summary>
    public void Commit()
    {
        if (!_logs.TryGetValue(Epoch, out List<PastEntry>? log) || Current.Primary == Two.Id)
            return;

        int upTo = IsRequired ? Math.Min(_acked, log.Count) : log.Count;
        if (upTo <= _committed.Count)
            return;

        upTo = random.Next(_committed.Count + 1, upTo + 1);
        log.Take(_committed.Count).Zip(_committed).All(e => e.First.Is(e.Second)).Should().BeTrue("every primary has what is committed");
        _committed.AddRange(log[_committed.Count..upTo]);
        if (IsRequired)
            MustHold = _committed.Count;
    }

    /// <summary>The next view. A replica is its member, or its primary, only if it has everything that is committed.</summary>
    public View Advance(bool mayLead = true)
    {
        bool isLevel = Current.IsMember(Two) || (Current.Joining == Two && HasStarted());
        bool staysOut = random.Next(6) == 0;
        ulong epoch = Epoch + 1;
        Member primary = random.Next(2) == 0 ? One : Three;
        if (isLevel && mayLead && random.Next(5) == 0)
            Current = ViewOf(epoch, Two, [One, Two, Three]);
        else if (isLevel && !staysOut)
            Current = ViewOf(epoch, primary, [One, Two, Three]);
        else
            Current = ViewOf(epoch, primary, [One, Three], joining: staysOut ? null : Two);

        if (!IsRequired || Current.Joining is not null)
            MustHold = 0;
        _acked = 0;
        _views[epoch] = Current;
        if (Current.Primary != Two.Id)
        {
            _logs[epoch] = AnyLegalLog();
            _logs[epoch].Add(PastEntry.Started(epoch, ++_marks));
        }

        return Current;
    }

    /// <summary>The replica under test has acked the first entry of the current epoch, and so everything before it.</summary>
    private bool HasStarted() => _logs[Epoch].FindIndex(e => e.Epoch == Epoch) is >= 0 and var started && _acked > started;

    private List<PastEntry> AnyLegalLog()
    {
        List<PastEntry>[] legal = [.. _logs.Values.Where(l => l.Count >= _committed.Count && (_committed.Count == 0 || l[_committed.Count - 1].Is(_committed[^1])))];
        List<PastEntry> from = legal[random.Next(legal.Length)];
        return from[..random.Next(_committed.Count, from.Count + 1)];
    }
}
