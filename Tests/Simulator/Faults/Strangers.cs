using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <summary>
/// An operator who restores a copy of a server under the name of the group that still runs: two clusters. While it is registered no view
/// may change, and neither of the two may ever take anything from the other.
/// </summary>
internal sealed class Strangers(Cluster cluster)
{
    private const long Second = 1_000_000;

    private readonly SimWorld _world = cluster.World;
    private ReplicaNode? _stranger;
    private View? _view;
    private EntryPosition _last;

    public void Restore()
    {
        if (_stranger is not null || cluster.NewStranger(_world.Chance.Pick(cluster.Replicas)) is not { } stranger)
            return;
        _stranger = stranger;
        (_view, _last) = (stranger.Disk.Log.Adopted, stranger.Disk.Log.Last);
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
}
