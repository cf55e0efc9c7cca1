using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// An operator's connection to a daemon, for the operators' commands, and for a server that checks something before it starts. It asks
/// one question after another, each with a time-out.
/// </summary>
public sealed class OperatorClient : IAsyncDisposable
{
    /// <summary>For the name server, which a command can't do without: long enough for a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly RpcClient _client;
    private readonly Endpoint _endpoint;
    private readonly TimeSpan _patience;

    private OperatorClient(RpcClient client, Endpoint endpoint, TimeSpan patience)
    {
        _client = client;
        _endpoint = endpoint;
        _patience = patience;
    }

    /// <summary>Where it is connected to.</summary>
    public Endpoint Endpoint => _endpoint;

    /// <summary>What listens there, as it says itself.</summary>
    public Role Peer => _client.Peer.Role;

    /// <summary>A name server's register, which tells whether two stand in front of one; none if it does not say.</summary>
    public DiskId Register => _client.Peer.Disk;

    /// <param name="sought">What listens there; null if the caller looks at <see cref="Peer"/> itself.</param>
    /// <param name="patience">The time-out for connecting, and for each answer.</param>
    /// <exception cref="ConnectionLostException">It can't be reached.</exception>
    /// <exception cref="HelloRefusedException">It does not accept operators of this group, or is somebody else.</exception>
    public static async Task<OperatorClient> ConnectAsync(Endpoint endpoint, Role? sought, Caller caller, TimeSpan patience, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(caller);
        RpcClient client = await RpcClient.ConnectAsync(endpoint, sought, caller.ToHello(), patience, cancel, caller.Security).ConfigureAwait(false);
        return new OperatorClient(client, endpoint, patience);
    }

    /// <exception cref="ConnectionLostException">No answer came in time, or it was of another type.</exception>
    public Task<TAnswer> AskAsync<TRequest, TAnswer>(TRequest request, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer> =>
        AskAsync(request, Read<TAnswer>, cancel);

    /// <param name="read">Makes the result from the answering frame, whose bytes are no longer valid when it returns.</param>
    /// <exception cref="ConnectionLostException">No answer came in time.</exception>
    public async Task<TResult> AskAsync<TRequest, TResult>(TRequest request, ReadAnswer<TResult> read, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(_patience);
        try
        {
            return await _client.CallAsync(request, read, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new ConnectionLostException($"{_endpoint} did not answer within {_patience.TotalSeconds} s", e);
        }
    }

    /// <summary>Asks one question on a connection of its own; null if there is no answer.</summary>
    public static async Task<TAnswer?> TryAskOnceAsync<TRequest, TAnswer>(
        Endpoint endpoint, Role sought, Caller caller, TRequest request, TimeSpan patience, CancellationToken cancel)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer>
    {
        try
        {
            OperatorClient client = await ConnectAsync(endpoint, sought, caller, patience, cancel).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
                return await client.AskAsync<TRequest, TAnswer>(request, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private static TAnswer Read<TAnswer>(Frame frame)
        where TAnswer : struct, IMessage<TAnswer> =>
        frame.Type == TAnswer.Type ? frame.As<TAnswer>() : throw new ConnectionLostException($"it answered {frame.Type}");
}
