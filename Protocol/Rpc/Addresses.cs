using System.Net;
using System.Net.Sockets;
using JustHungry.Protocol.Ids;

namespace JustHungry.Protocol.Rpc;

/// <summary>From a host and a port to a connected socket.</summary>
internal static class Addresses
{
    public static async Task<Socket> ConnectAsync(Endpoint endpoint, CancellationToken cancel)
    {
        IPAddress address = await ResolveAsync(endpoint.Host, cancel).ConfigureAwait(false);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, endpoint.Port), cancel).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async ValueTask<IPAddress> ResolveAsync(string host, CancellationToken cancel)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
            return literal;

        // IPv4 first: "localhost" then means the same to every program that listens and dials.
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false);
        return addresses.OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First();
    }
}
