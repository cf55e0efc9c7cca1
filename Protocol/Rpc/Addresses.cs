using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using JustHungry.Protocol.Cores;
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

    public static Origin OriginOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        address.TryWriteBytes(bytes, out int length);
        return new Origin(length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes));
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
