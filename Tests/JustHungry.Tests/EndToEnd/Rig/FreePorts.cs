using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using JustHungry.Protocol.Ids;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// Ports for what can't be asked to choose one itself, or is to come back at the same one. They lie below those that systems give to
/// outgoing connections and to port 0, so nobody comes by one of them between two starts; and each is given to one test only. Thread-safe.
/// </summary>
internal static class FreePorts
{
    // Ephemeral ports begin at 32768 on Linux, and at 49152 elsewhere.
    private const int First = 16_384;
    private const int Count = 16_384;

    /// <summary>Somewhere else in each test run: two may share a machine.</summary>
    private static int _taken = RandomNumberGenerator.GetInt32(Count);

    public static int Take()
    {
        while (true)
        {
            int port = First + ((Interlocked.Increment(ref _taken) & int.MaxValue) % Count);
            if (IsFree(port))
                return port;
        }
    }

    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Take())];

    public static Endpoint TakeEndpoint() => new("127.0.0.1", Take());

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
