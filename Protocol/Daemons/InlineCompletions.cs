using JustHungry.Protocol.Loops;

namespace JustHungry.Protocol.Daemons;

/// <summary>
/// Lets the thread that waits for the sockets go on with what it finds, instead of waking a pool thread for each: the runtime's own switch
/// (System.Net.Sockets, on Unix), read when the first socket is made. It fits because <see cref="CoreLoop"/> keeps that thread for one step
/// at most. Measured with one user, an order took two thirds of the time.
/// </summary>
public static class InlineCompletions
{
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called first in a daemon. What the operator set stays.</summary>
    public static void Enable()
    {
        if (Environment.GetEnvironmentVariable(Switch) is null)
            Environment.SetEnvironmentVariable(Switch, "1");
    }
}
