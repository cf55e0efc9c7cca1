using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>
/// A stranger who begins handshakes without end costs each process 2 ms of a core for each, and itself nothing: it sends the same bytes
/// every time. It must hold up nobody who is connected, and change no view.
/// </summary>
[NonParallelizable]
public sealed class StormingHandshakes
{
    private const int Handshakes = 400;
    private const int WaitMsMax = 1_000;

    [Test]
    public Task Four_hundred_at_once_at_each_port_hold_up_no_order() => Scenario.RunAsync(() => Cluster.StartAsync(isSecured: true), async cluster =>
    {
        byte[] hello = await ClientHelloAsync();
        GroupStatus before = await cluster.StatusAsync();
        Endpoint[] ports = [await cluster.FrontEnds[0].ReadyAsync(), cluster.NameServerEndpoint, await cluster.Servers[before.View!.Primary].ReadyAsync()];
        await using Load honest = await Load.BeginAsync(cluster, users: 2, neverRests: true);
        double since = honest.NowMs;

        var storm = new List<Socket>();
        foreach (Endpoint port in ports)
            storm.AddRange(Enumerable.Range(0, Handshakes).Select(_ => Begin(port, hello)));
        await Poll.UntilAsync("every handshake has been answered", () => storm.All(s => s.Available > 0));
        double took = honest.NowMs - since;
        storm.ForEach(s => s.Dispose());
        await honest.StopAsync();

        double[] waited = [.. honest.Users.SelectMany(u => u.Tries).Where(t => t.BegunMs >= since && t.AnsweredMs > 0).Select(t => t.AnsweredMs - t.BegunMs).Order()];
        TestContext.Out.WriteLine($"{storm.Count} handshakes in {took:0} ms; {waited.Length} orders, p50 {waited[waited.Length / 2]:0} ms, longest {waited[^1]:0} ms");
        waited[^1].Should().BeLessThan(WaitMsMax);
        honest.TriedAgain.Should().Be(0);
        (await cluster.StatusAsync()).View!.Epoch.Should().Be(before.View!.Epoch, "no view changed");
    });

    /// <summary>The first bytes of a client, which any number of connections can begin with.</summary>
    private static async Task<byte[]> ClientHelloAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint);
        await using var stream = new SslStream(new NetworkStream(client));
        Task handshake = stream.AuthenticateAsClientAsync("justhungry");
        using (Socket accepted = await listener.AcceptSocketAsync())
        {
            byte[] hello = new byte[4_096];
            int count = await accepted.ReceiveAsync(hello);
            accepted.Close();
            await FluentActions.Awaiting(() => handshake).Should().ThrowAsync<IOException>();
            return hello[..count];
        }
    }

    private static Socket Begin(Endpoint at, byte[] hello)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(at.Host, at.Port);
        socket.Send(hello);
        return socket;
    }
}
