using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Simulator.Disk;
using JustHungry.Simulator.World;
using Microsoft.Extensions.Logging.Abstractions;

namespace JustHungry.Simulator.Nodes;

/// <summary>The name server's process. It always listens at the same port, which everybody is told at the start.</summary>
internal sealed class NameServerNode(SimWorld world, int number, SimNameStorage storage) : SimProcess(world, "names", number)
{
    public SimNameStorage Storage { get; } = storage;

    protected override bool KeepsPort => true;

    /// <summary>Null while the process is down.</summary>
    public NameServerCore? Core { get; private set; }

    protected override ICore Begin(Now now)
    {
        Storage.Health.Process = this;
        return Core = new NameServerCore(this, Storage, new BootId(World.Chance.Id()), now, NullLogger.Instance);
    }

    protected override void Ended(bool losesPower) => Core = null;
}
