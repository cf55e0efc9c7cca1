using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Security;

/// <summary>What somebody on the way has of a connection: everything that passes. Without TLS that is everything there is.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OnTheWireTests : IDisposable
{
    private static readonly UserKey Secret = UserKey.FromBytes([.. Enumerable.Range(100, UserKey.Bytes).Select(i => (byte)i)]);
    private static readonly byte[] Order = Encoding.ASCII.GetBytes("two apples and a pear");

    private readonly TestCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [TestCase(TlsMode.Off, true)]
    [TestCase(TlsMode.Required, false)]
    public async Task A_key_and_an_order_can_be_read_only_without_TLS(TlsMode mode, bool canBeRead)
    {
        await using LoopFixture loop = await ListenAsync(mode);
        byte[] passed = await RecordAsync(loop, mode);

        byte[] key = new byte[UserKey.Bytes];
        Secret.CopyTo(key);
        Contains(passed, key).Should().Be(canBeRead);
        Contains(passed, Order).Should().Be(canBeRead);
        Contains(passed, "JH_orders"u8).Should().Be(canBeRead, "not even the hello");
    }

    [TestCase(TlsMode.Off, 2)]
    [TestCase(TlsMode.Required, 1)]
    public async Task What_was_recorded_does_nothing_a_second_time_with_TLS(TlsMode mode, int times)
    {
        await using LoopFixture loop = await ListenAsync(mode);
        byte[] passed = await RecordAsync(loop, mode);

        using Socket again = await loop.ConnectRawAsync();
        await again.SendAsync(passed);
        again.Shutdown(SocketShutdown.Send);
        await LoopFixture.ReadToEndAsync(again);

        await using RpcClient user = await TestCluster.DialAsync(loop, OfUser(mode), Role.User);
        await user.CallAsync<Ping, Pong>(default, type => new InvalidOperationException($"{type}"), CancellationToken.None); // whatever came before has been handled
        loop.Core.Events.Count(e => e == "received Request").Should().Be(times);
    }

    private async Task<LoopFixture> ListenAsync(TlsMode mode)
    {
        LoopFixture loop = mode == TlsMode.Off ? await LoopFixture.StartAsync() : await _cluster.ListenAsync();
        loop.Core.OnFrame = (connection, in frame) => loop.Loop.Send(connection, frame.Correlation, default(Pong));
        return loop;
    }

    private LinkSecurity OfUser(TlsMode mode) => mode == TlsMode.Off ? LinkSecurity.Off : _cluster.User();

    /// <summary>What a user sends who orders by way of somebody who writes it down.</summary>
    private async Task<byte[]> RecordAsync(LoopFixture loop, TlsMode mode)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var sent = new MemoryStream();
        Task passing = PassAsync(listener, loop.Endpoint, sent);
        await using (RpcClient user = await RpcClient.ConnectAsync(
            new Endpoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), Role.NameServer, LoopFixture.HelloOf(Role.User), TimeSpan.FromSeconds(10), CancellationToken.None,
            OfUser(mode)))
        {
            var request = new Request(new UserRequest(new UserId(1), Secret, new Sequence(1), new RequestId(1), RequestKind.PlaceOrder, new ReadOnlySequence<byte>([0xD9, (byte)Order.Length, .. Order])));
            await user.CallAsync<Request, Pong>(request, type => new InvalidOperationException($"{type}"), CancellationToken.None);
        }

        await passing.WaitAsync(TimeSpan.FromSeconds(10));
        return sent.ToArray();
    }

    private static async Task PassAsync(TcpListener listener, Endpoint to, MemoryStream sent)
    {
        using Socket user = await listener.AcceptSocketAsync(), shop = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await shop.ConnectAsync(to.Host, to.Port);
        await Task.WhenAll(CopyAsync(user, shop, sent), CopyAsync(shop, user, null));
    }

    private static async Task CopyAsync(Socket from, Socket to, MemoryStream? record)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
            {
                record?.Write(buffer, 0, count);
                await to.SendAsync(buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // one of the two is gone
        }
    }

    private static bool Contains(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part) >= 0;
}
