using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Network;

/// <summary>
/// How much a connection holds of what its peer has not read, which Protocol/Rpc bounds in the daemons; here as small as messages are.
/// </summary>
/// <param name="KernelBytes">Both ends' kernels take so much before anything counts as unsent.</param>
/// <param name="PausedBytes">No more is read from an accepted connection with more unsent bytes than this, as in Backlog.</param>
/// <param name="UserBytesMax">A user's connection with more is closed, as in Connection.</param>
/// <param name="DaemonBytesMax">The same for daemons' connections.</param>
internal sealed record Buffers(int KernelBytes, int PausedBytes, int UserBytesMax, int DaemonBytesMax)
{
    /// <summary>As in the daemons: no schedule sends that much.</summary>
    public static Buffers Large { get; } = new(1 << 20, 2 << 20, 16 << 20, 256 << 20);

    /// <summary>A window of batches fits into a daemon's connection, as it does in the daemons.</summary>
    public static Buffers Draw(Chance chance, int windowBytes) => chance.OneIn(2) ? Large : new Buffers(
        KernelBytes: chance.Pick([0, 500, 4_000]),
        PausedBytes: chance.Pick([300, 3_000]),
        UserBytesMax: chance.Pick([20_000, 100_000]),
        DaemonBytesMax: chance.Pick([40_000, 1_000_000]) + (4 * windowBytes));
}
