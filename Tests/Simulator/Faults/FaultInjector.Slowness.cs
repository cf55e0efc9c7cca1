using JustHungry.Simulator.Network;
using JustHungry.Simulator.Nodes;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Faults;

/// <content>What is slow, full or wrong rather than gone.</content>
internal sealed partial class FaultInjector
{
    /// <summary>Some ten heartbeats a second just fit through the thinnest.</summary>
    private void ThinLink(SimProcess from, SimProcess to)
    {
        Link link = _world.Network.Link(from, to);
        link.BytesPerMs = (int)Chance.Between(5, 60);
        _world.Time.After(LongTime(), () => link.BytesPerMs = 0);
    }

    private void LossyLink(SimProcess from, SimProcess to)
    {
        Link link = _world.Network.Link(from, to);
        link.LossPercent = (int)Chance.Between(5, 60);
        _world.Time.After(LongTime(), () => link.LossPercent = 0);
    }

    private void Overload(SimProcess process)
    {
        process.Load.UsPerByte = (int)Chance.Between(1, 40);
        process.Load.LongUs = Chance.Pick([Second / 10, Second, 4 * Second]);
        _world.Time.After(LongTime(), process.Load.End);
    }

    private void SlowDisk(ReplicaNode replica)
    {
        replica.Health.SyncMostUs = Chance.Between(5_000, Second);
        _world.Time.After(LongTime(), replica.Health.BeQuick);
    }

    private void SlowNameDisk()
    {
        cluster.Names.Storage.Health.WriteMostUs = Chance.Between(5_000, 3 * Second);
        _world.Time.After(LongTime(), cluster.Names.Storage.Health.Heal);
    }
}
