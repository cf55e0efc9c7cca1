using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.UserCli.Client;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Connection;

/// <summary>The one connection to a front end that this process keeps, opened when it is needed. Used by one request at a time.</summary>
internal sealed class FrontEndLink(FrontEndDirectory directory, Hello own, ILogger log, LinkSecurity? security = null) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private RpcClient? _client;
    private Endpoint _endpoint;

    public FrontEndDirectory Directory => directory;

    public bool IsOpen => _client is { IsOpen: true };

    /// <summary>The shop that the last connected front end said it serves; none if it had not found one yet.</summary>
    public ClusterId Cluster { get; private set; }

    /// <summary>True once any front end was reached. From then on, people are told of failures as a lost connection.</summary>
    public bool WasConnected { get; private set; }

    /// <summary>Connects to front end number <paramref name="number"/>, if that is not the one already connected to.</summary>
    /// <returns>Null, or why it could not connect.</returns>
    public async Task<string?> OpenAsync(int number, CancellationToken cancel)
    {
        // A front end closes idle connections. That is not a failure, and its endpoint is still good.
        if (IsOpen && directory.Known.Count > 0 && _endpoint == Numbered(number))
            return null;

        await CloseAsync();
        if (await directory.FindAsync(cancel) is { } nobody)
            return nobody;

        _endpoint = Numbered(number);
        try
        {
            _client = await RpcClient.ConnectAsync(_endpoint, Role.FrontEnd, own, ConnectTimeout, cancel, security);
            WasConnected = true;
            Cluster = _client.Peer.Cluster;
            Log.Connected(log, _endpoint);
            return null;
        }
        catch (ConnectionLostException e)
        {
            return $"the front end {e.Message}";
        }
        catch (HelloRefusedException e) when (e.IsUntrusted)
        {
            throw Untrusted(_endpoint, e);
        }
        catch (HelloRefusedException e) when (e.IsSomebodyElse)
        {
            return $"no front end of group {own.Group} listens at {_endpoint}: {e.Message}";
        }
        catch (HelloRefusedException e)
        {
            return $"the front end {_endpoint} refused this program: {e.Message}";
        }
    }

    /// <summary>Whoever listens there does not prove to belong to the shop. The user's key has not been sent.</summary>
    internal static UnavailableException Untrusted(Endpoint at, HelloRefusedException e) => new(
        $"{at} is not trusted, and nothing was sent: {e.Message}. If the shop's keys were made anew, name its new certificate with --tls-file, or delete " +
        "the shop's line in the profile's .authorities file.", ExitCode.Refused, RequestId.None);

    /// <summary>Sends the request to the front end connected to.</summary>
    /// <exception cref="ConnectionLostException">The connection ended first: the outcome is unknown.</exception>
    public Task<Answer> AskAsync(UserRequest request, CancellationToken cancel) =>
        _client!.CallAsync(
            new Request(request),
            static frame => frame.Type == MessageType.Reply ? Answer.Read(frame.As<Reply>().Answer) : throw new ConnectionLostException($"it answered {frame.Type}"),
            cancel);

    /// <summary>Call after a failure, so that a late answer is not taken for the answer to another request.</summary>
    public async Task CloseAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private Endpoint Numbered(int number) => directory.Known[number % directory.Known.Count];
}
