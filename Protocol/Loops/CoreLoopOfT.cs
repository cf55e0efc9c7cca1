using JustHungry.Protocol.Cores;
using Microsoft.Extensions.Logging;

namespace JustHungry.Protocol.Loops;

/// <summary>
/// A <see cref="CoreLoop"/> that knows its core's type. Whatever happens outside the loop (a disk's or a look-up's answer, a signal) is
/// posted, and gets the core and the time. So nobody outside needs a reference to a core that is made later, nor could use it in another
/// thread.
/// </summary>
public sealed class CoreLoop<TCore>(TimeProvider time, ILogger log) : CoreLoop(time, log)
    where TCore : class, ICore
{
    /// <summary>
    /// Does <paramref name="work"/> on the core in the loop, as an event of its own. Work that is posted before the loop runs waits for
    /// that. May be called from any thread.
    /// </summary>
    public void Post(Action<TCore, Now> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        PostWork((core, now) => work((TCore)core, now));
    }

    /// <summary>Steps <paramref name="core"/> until <see cref="CoreLoop.Stop"/>, then flushes and closes the connections.</summary>
    /// <exception cref="Exception">Whatever the core throws, except for protocol violations: the daemon must stop.</exception>
    public Task RunAsync(TCore core) => RunCoreAsync(core);
}
