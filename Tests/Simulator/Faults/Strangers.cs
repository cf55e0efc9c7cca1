using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// An operator who restores a copy of a server under the name of the group that still runs: two clusters. While it is registered no view
/// may change, and neither of the two may ever take anything from the other. An empty server that somebody told of the copy's view belongs
/// to the copy, and holds up the group after it is gone: the operator empties it again.
/// </summary>
internal sealed class Strangers(Cluster cluster)
{
    private const long Second = 1_000_000;

    private readonly SimWorld _world = cluster.World;
    private readonly HashSet<ClusterId> _clusters = [];
    private ReplicaNode? _stranger;
    private View? _view;
    private EntryPosition _last;

    public void Restore(WrongDisks wrongDisks)
    {
        if (_stranger is not null || cluster.NewStranger(_world.Chance.Pick(cluster.Replicas)) is not { } stranger)
            return;
        _stranger = stranger;
        (_view, _last) = (stranger.Disk.Log.Adopted, stranger.Disk.Log.Last);
        if (_clusters.Count == 0)
            _world.Time.After(Second, () => FreeCaptured(wrongDisks));
        _clusters.Add(_view!.Cluster);
        stranger.Start();
        _world.Time.After(_world.Chance.Skewed(Second / 2, 8 * Second), TakeAway);
    }

    /// <summary>The operator has noticed, and stops it for good.</summary>
    public void TakeAway()
    {
        if (_stranger is not { } stranger)
            return;
        _stranger = null;
        stranger.IsTakenAway = true;
        stranger.Kill();
        if (stranger.Disk.Log.Adopted != _view || stranger.Disk.Log.Last != _last)
            throw new ViolationException($"{stranger.Name}, of another cluster, stood at {_last} in {_view}, and has gone on to {stranger.Disk.Log.Last} in {stranger.Disk.Log.Adopted}");
    }

    private void FreeCaptured(WrongDisks wrongDisks)
    {
        foreach (ReplicaNode captured in cluster.Replicas.Where(r => r.Disk.Log.Adopted is { } view && _clusters.Contains(view.Cluster) && !wrongDisks.AreExchanged(r)))
        {
            captured.LosePower();
            captured.Wipe();
            _world.Time.After(Second / 2, () =>
            {
                if (!captured.IsTakenAway)
                    captured.Start();
            });
        }

        _world.Time.After(Second, () => FreeCaptured(wrongDisks));
    }
}
