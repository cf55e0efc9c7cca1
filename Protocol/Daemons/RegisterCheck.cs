using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.Protocol.Daemons;

/// <summary>Whether the name servers of a list share one register, before a daemon trusts them.</summary>
public static class RegisterCheck
{
    /// <summary>
    /// Refuses a list whose name servers stand in front of different registers, as far as they answer now and say so. A process that runs finds
    /// out later about those that do not (<see cref="NameServerLink.OtherRegisterMet"/>).
    /// </summary>
    /// <exception cref="ExplainedException">Two of them differ.</exception>
    public static async Task DemandOneAsync(NameServerList all, Caller caller, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(all);
        if (all.Count == 1)
            return;

        DiskId[] registers = await Task.WhenAll(all.All.Select(at => TryReadRegisterAsync(at, caller, cancel))).ConfigureAwait(false);
        int first = Array.FindIndex(registers, r => r != DiskId.None);
        int other = Array.FindIndex(registers, r => r != DiskId.None && r != registers[first]);
        if (other >= 0)
            throw new ExplainedException(
                $"--name-server {all}: the name servers at {all[first]} and {all[other]} have different registers, which would be two truths about one shop. " +
                "Name only name servers that share one etcd cluster, or a single one.");
    }

    /// <summary>None: it does not answer, or does not say.</summary>
    private static async Task<DiskId> TryReadRegisterAsync(Endpoint at, Caller caller, CancellationToken cancel)
    {
        try
        {
            OperatorClient client = await OperatorClient.ConnectAsync(at, Role.NameServer, caller, NameServerClient.PatienceWithEach, cancel).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
                return client.Register;
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return DiskId.None;
        }
    }
}
