using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>How an operator's command talks to a daemon: one connection, one question after another.</summary>
internal static class OperatorCalls
{
    /// <summary>For what the command can't do without: the name server, also on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>For one process among many, which may be dead or frozen: then the command says so.</summary>
    private static readonly TimeSpan OnceMax = TimeSpan.FromSeconds(1);

    /// <exception cref="ConnectionLostException">It can't be reached.</exception>
    /// <exception cref="HelloRefusedException">It does not talk to operators of this group.</exception>
    public static Task<RpcClient> ConnectAsync(Endpoint endpoint, string group, CancellationToken cancel)
    {
        var own = new Hello(Role.Operator, "operator", DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, group);
        return RpcClient.ConnectAsync(endpoint, own, Patience, cancel);
    }

    /// <exception cref="ConnectionLostException">No answer in time, or one of another kind.</exception>
    public static async Task<TAnswer> AskAsync<TRequest, TAnswer>(this RpcClient client, TRequest request, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer>
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        try
        {
            return await client.CallAsync<TRequest, TAnswer>(request, type => new ConnectionLostException($"{type} in answer to {TRequest.Type}"), deadline.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new ConnectionLostException($"no answer to {TRequest.Type} within {Patience.TotalSeconds} s", e);
        }
    }

    /// <summary>Asks one question on a connection of its own; null if no answer can be had.</summary>
    public static async Task<TAnswer?> TryAskOnceAsync<TRequest, TAnswer>(Endpoint endpoint, string group, TRequest request, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer>
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(OnceMax);
        try
        {
            RpcClient client = await ConnectAsync(endpoint, group, deadline.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
                return await client.AskAsync<TRequest, TAnswer>(request, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (
            e is ConnectionLostException or HelloRefusedException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
