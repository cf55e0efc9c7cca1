using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.NameServer.Commands;

/// <summary>An operator's connection to a name server or a replica.</summary>
internal sealed class NameServerClient : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly RpcClient _client;
    private readonly Endpoint _endpoint;

    private NameServerClient(RpcClient client, Endpoint endpoint)
    {
        _client = client;
        _endpoint = endpoint;
    }

    /// <exception cref="ConnectionLostException">Nobody answers there.</exception>
    /// <exception cref="HelloRefusedException">Whoever listens there does not serve operators.</exception>
    public static async Task<NameServerClient> ConnectAsync(Endpoint endpoint, string group)
    {
        var own = new Hello(Role.Operator, "operator", DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, group);
        return new NameServerClient(await RpcClient.ConnectAsync(endpoint, own, ConnectTimeout, CancellationToken.None).ConfigureAwait(false), endpoint);
    }

    /// <exception cref="NameRefusedException">The name server refuses.</exception>
    /// <exception cref="ConnectionLostException">No answer came.</exception>
    public async Task<TAnswer> AskAsync<TRequest, TAnswer>(TRequest request)
        where TRequest : struct, IMessage<TRequest>
        where TAnswer : struct, IMessage<TAnswer>
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout);
        try
        {
            return await _client.CallAsync(
                request,
                static frame => frame.Type == MessageType.NameRefused ? throw new NameRefusedException(frame.As<NameRefused>()) : frame.As<TAnswer>(),
                timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw new ConnectionLostException($"{_endpoint} did not answer within {AnswerTimeout.TotalSeconds} s", e);
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}

/// <summary>The name server's typed refusal.</summary>
public sealed class NameRefusedException : Exception
{
    public NameRefusedException(NameRefused refused) : base(Describe(refused)) => Reason = refused.Reason;

    public NameRefusedException(string message) : base(message)
    {
    }

    public NameRefusedException(string message, Exception inner) : base(message, inner)
    {
    }

    public NameRefusedException()
    {
    }

    public NameRefusal Reason { get; }

    private static string Describe(NameRefused refused) => refused.Reason switch
    {
        NameRefusal.NameInUse => $"the name is held by the process at {refused.Holder?.Endpoint}",
        NameRefusal.UnknownName => "nobody holds that name",
        NameRefusal.InvalidName => "that is not a name",
        NameRefusal.TooManyNames => "the name server holds as many names as it takes",
        _ => refused.Reason.ToString(),
    };
}
