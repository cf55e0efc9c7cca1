using Grpc.Core;
using Grpc.Net.Client;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.Protocol.Ids;

namespace JustHungry.NameServer.Etcd;

/// <summary>One member of the cluster, and the connection to it. Calls throw RpcException; any thread may make them.</summary>
internal sealed class EtcdMember : IDisposable
{
    /// <summary>
    /// A member that does not answer within this time is left for the next one. A healthy one takes 2 ms; a cluster that elects a leader takes
    /// about 1 s, which no member can shorten.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>etcd ends connections that ask more often than every 5 s whether it is there.</summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel;
    private readonly EtcdUser? _user;
    private readonly KV.KVClient _keys;
    private readonly Lease.LeaseClient _leases;
    private readonly Auth.AuthClient _users;
    private string? _token;

    public EtcdMember(Endpoint endpoint, EtcdOptions options)
    {
        Endpoint = endpoint;
        _user = options.User;
        var handler = new SocketsHttpHandler { ConnectTimeout = Patience, KeepAlivePingDelay = PingDelay, KeepAlivePingTimeout = PingDelay, UseProxy = false };
        if (options.Tls is { } tls)
            handler.SslOptions = tls;
        _channel = GrpcChannel.ForAddress(
            $"{(options.Tls is null ? "http" : "https")}://{endpoint}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReconnectBackoff = Patience });
        _keys = new KV.KVClient(_channel);
        _leases = new Lease.LeaseClient(_channel);
        _users = new Auth.AuthClient(_channel);
    }

    public Endpoint Endpoint { get; }

    public Task<TxnResponse> TxnAsync(TxnRequest request) => AskAsync(call => _keys.TxnAsync(request, call).ResponseAsync);

    public async Task<long> GrantAsync(int seconds) =>
        (await AskAsync(call => _leases.LeaseGrantAsync(new LeaseGrantRequest { TTL = seconds }, call).ResponseAsync).ConfigureAwait(false)).ID;

    public Task<long> KeepAliveAsync(long lease) => AskAsync(async call =>
    {
        using AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream = _leases.LeaseKeepAlive(call);
        await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = lease }).ConfigureAwait(false);
        if (!await stream.ResponseStream.MoveNext(CancellationToken.None).ConfigureAwait(false))
            throw new RpcException(new Status(StatusCode.Unavailable, "the stream of renewals ended"));
        long seconds = stream.ResponseStream.Current.TTL;
        await stream.RequestStream.CompleteAsync().ConfigureAwait(false);
        return seconds;
    });

    public void Dispose() => _channel.Dispose();

    /// <summary>A token that etcd no longer knows, as after five minutes or a restart, is replaced by a new one.</summary>
    private async Task<T> AskAsync<T>(Func<CallOptions, Task<T>> ask)
    {
        DateTime deadline = DateTime.UtcNow + Patience;
        if (_user is null)
            return await ask(new CallOptions(deadline: deadline)).ConfigureAwait(false);

        string? token = _token;
        if (token is not null)
        {
            try
            {
                return await ask(With(token, deadline)).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unauthenticated)
            {
                // refused before anything was done
            }
        }

        var request = new AuthenticateRequest { Name = _user.Name, Password = _user.Password };
        _token = token = (await _users.AuthenticateAsync(request, new CallOptions(deadline: deadline)).ResponseAsync.ConfigureAwait(false)).Token;
        return await ask(With(token, deadline)).ConfigureAwait(false);
    }

    private static CallOptions With(string token, DateTime deadline) => new(new Metadata { { "token", token } }, deadline);
}
