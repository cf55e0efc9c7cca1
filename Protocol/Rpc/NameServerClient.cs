using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>How a program without a core finds a name server that answers: it asks those of its list in order, once each.</summary>
public static class NameServerClient
{
    /// <summary>For one that has others after it: a healthy one answers in milliseconds.</summary>
    public static readonly TimeSpan PatienceWithEach = TimeSpan.FromMilliseconds(Timing.NameServerSilenceMs);

    /// <summary>Connects to the first one that answers.</summary>
    /// <param name="patience">The time-out for connecting to the only or last one, and for each answer.</param>
    /// <exception cref="ConnectionLostException">None can be reached. The message names each, and why.</exception>
    /// <exception cref="HelloRefusedException">The only one refuses this process, or is none.</exception>
    public static Task<OperatorClient> ConnectAsync(NameServerList all, Caller caller, TimeSpan patience, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(all);
        return FirstAsync(all, patience, (at, p) => OperatorClient.ConnectAsync(at, Role.NameServer, caller, p, cancel));
    }

    /// <summary>What the first one answers that answers at all.</summary>
    /// <param name="ask">Given where to ask and how long to wait; throws <see cref="ConnectionLostException"/> or <see cref="HelloRefusedException"/> if that fails.</param>
    public static async Task<T> FirstAsync<T>(NameServerList all, TimeSpan patience, Func<Endpoint, TimeSpan, Task<T>> ask)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(ask);
        if (all.Count == 1)
            return await ask(all.First, patience).ConfigureAwait(false);

        List<string> reasons = [];
        Exception last = new ConnectionLostException();
        foreach (Endpoint at in all.All)
        {
            try
            {
                return await ask(at, at == all[^1] || patience < PatienceWithEach ? patience : PatienceWithEach).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
            {
                last = e;
                reasons.Add(e.Message.StartsWith($"{at}", StringComparison.Ordinal) ? e.Message : $"{at}: {e.Message}");
            }
        }

        throw new ConnectionLostException(string.Join("; ", reasons.Select(r => r.TrimEnd('.'))), last);
    }
}
