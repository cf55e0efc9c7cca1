namespace JustHungry.Protocol.Rpc;

/// <summary>
/// Lets few handshakes compute at the same time, so that a storm of them leaves the processors to the loop. A handshake holds a place only
/// while it computes, never while it waits for its peer: whoever begins and stalls holds up nobody.
/// </summary>
internal sealed class CpuGate : IDisposable
{
    /// <summary>For whoever dials this process, strangers among them. The processors are the process's, whatever its loops.</summary>
    public static CpuGate OfAccepted { get; } = new();

    /// <summary>For those whom this process dials: they do not wait behind strangers.</summary>
    public static CpuGate OfDialled { get; } = new();

    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Always continues in the thread pool, and so never in a thread that brings other connections' bytes.</summary>
    public async Task EnterAsync(CancellationToken cancel)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _places.WaitAsync(cancel).ConfigureAwait(false);
    }

    public void Leave() => _places.Release();

    public void Dispose() => _places.Dispose();
}
