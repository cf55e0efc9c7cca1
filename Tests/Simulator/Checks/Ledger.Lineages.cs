using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Disk;

namespace JustHungry.Simulator.Checks;

/// <summary>How the ledger changes when an operator gives up what some replicas hold.</summary>
internal sealed partial class Ledger
{
    private readonly HashSet<Lineage> _keptOn = [];
    private bool _isRegisterLost;

    /// <summary>An operator has given up what users had been told: their history is no longer that of one shop.</summary>
    public bool HasLost { get; private set; }

    /// <summary>Is told which committed entries an operator gives up, before they are.</summary>
    public Action<Lineage, IReadOnlyList<EntryPosition>>? GivesUp { get; set; }

    /// <summary>The register was restored to before its last view, so that view counts as never made.</summary>
    public void ForgetLastView() => Views.RemoveAt(Views.Count - 1);

    /// <summary>The register is gone, or an old copy stands in its place.</summary>
    public void RegisterLost() => _isRegisterLost = true;

    /// <summary>
    /// The register was lost, and whoever knows the last view is away: an operator who lets one replica go on alone then can't know of that
    /// view. Its replicas find two histories when they come back, and say so.
    /// </summary>
    private bool IsForgottenBy(View view, ProposalKind kind)
    {
        bool wasLost = _isRegisterLost;
        _isRegisterLost = false;
        return wasLost && kind == ProposalKind.Repair && View is { } last && view.Epoch <= last.Epoch && view.Cluster == last.Cluster &&
            view.Members.Count == 1 && view.DataLoss > 0;
    }

    /// <summary>What such a replica holds does not count; it is set aside once the replica hears of the view.</summary>
    private bool IsOfAnotherLineage(View? adopted) =>
        View is { } view && adopted is not null && adopted.Lineage != view.Lineage && !_keptOn.Contains(adopted.Lineage);

    /// <summary>
    /// A repair that kept every member goes on with their history; what they commit before they hear of the repair is part of it.
    /// </summary>
    private void LineageBegun(View before, View view, bool givesUp)
    {
        if (givesUp)
            _keptOn.Clear();
        else if (view.Lineage != before.Lineage)
            _keptOn.Add(before.Lineage);
    }

    /// <summary>
    /// An operator lets one replica go on alone: what its disk lacks counts as never done, and its positions may be used again.
    /// </summary>
    private void GiveUp(DiskImage kept, Lineage lineage)
    {
        List<EntryPosition> givenUp = [.. _committed.Values.Where(p => !Holds(kept, p))];
        GivesUp?.Invoke(lineage, givenUp);
        foreach (EntryPosition lost in givenUp)
        {
            _committed.Remove(lost.Index.Value);
            _supplies.RemoveAll(s => s.Index == lost.Index.Value);
            foreach ((UserId user, Sequence sequence, _, _) in _entries[lost].Facts.Answered)
                _committedUpdates.Remove((user, sequence));
        }

        CommittedIndex = _committed.Count > 0 ? _committed.Keys.Max() : 0;
        if (!Holds(kept, Released))
        {
            HasLost = true;
            Released = CommittedIndex > 0 ? _committed[CommittedIndex] : EntryPosition.Start;
        }

        foreach (EntryPosition lost in _entries.Keys.Where(p => !Holds(kept, p)).ToList())
        {
            _entries.Remove(lost);
            _digests.Remove(lost);
            _states.Remove(lost);
        }

        foreach (List<EntryPosition> positions in _answeredAt.Values)
            positions.RemoveAll(p => !_entries.ContainsKey(p));
        foreach (ulong epoch in _appenders.Keys.Where(e => e >= lineage.Since.Value).ToList())
            _appenders.Remove(epoch);
    }
}
