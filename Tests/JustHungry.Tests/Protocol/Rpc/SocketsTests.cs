using System.Buffers;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Fakes;
using JustHungry.Tests.Protocol.Loops;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

/// <summary>The limit of connections, at a real listener: each connection that ends, in whatever way, gives its place back.</summary>
public sealed class SocketsTests
{
    private const int PlacesMax = 4;

    [Test]
    public async Task At_the_limit_the_quietest_gives_way_and_every_place_comes_back([Values] bool isRefused)
    {
        using var meters = new MeterRecord(ConnectionMeters.MeterName);
        using var owner = new Owner { Refusal = isRefused ? HelloRefusal.OtherGroup : null };
        var places = new AcceptedConnections(PlacesMax, PlacesMax);
        Endpoint endpoint = await new Sockets(owner, TimeProvider.System, NullLogger.Instance, places).ListenAsync(new Endpoint("127.0.0.1", 0));

        var dialled = new List<Socket>();
        for (int i = 0; i < 3 * PlacesMax; i++)
        {
            dialled.Add(await ConnectAsync(endpoint));
            int expected = Math.Min(i + 1, PlacesMax);
            (await LoopFixture.BecomesTrueAsync(() => places.Count == expected)).Should().BeTrue();
        }

        (await LoopFixture.BecomesTrueAsync(() => meters.Sum("gave_way", ("peer", "stranger")) >= 2 * PlacesMax)).Should().BeTrue();
        for (int i = 0; i < 2 * PlacesMax; i++)
            (await LoopFixture.ReadToEndAsync(dialled[i])).Should().BeEmpty("it had said nothing for longest, and was closed");
        foreach (Socket socket in dialled[(2 * PlacesMax)..])
            await socket.SendAsync(Framing.FrameBytes.Encode(0, LoopFixture.HelloOf(Role.User)));
        (await LoopFixture.BecomesTrueAsync(() => owner.Screened == PlacesMax)).Should().BeTrue("those are served");

        dialled.ForEach(s => s.Dispose());
        (await LoopFixture.BecomesTrueAsync(() => places.Count == 0)).Should().BeTrue("a connection that ended or was refused holds no place");
    }

    [Test]
    public async Task Who_finds_no_place_is_closed_and_not_counted()
    {
        using var owner = new Owner();
        var places = new AcceptedConnections(allMax: 0, perAddressMax: 0);
        Endpoint endpoint = await new Sockets(owner, TimeProvider.System, NullLogger.Instance, places).ListenAsync(new Endpoint("127.0.0.1", 0));
        for (int i = 0; i < PlacesMax; i++)
        {
            using Socket socket = await ConnectAsync(endpoint);
            (await LoopFixture.ReadToEndAsync(socket)).Should().BeEmpty();
        }

        places.Count.Should().Be(0);
    }

    private static async Task<Socket> ConnectAsync(Endpoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint.Host, endpoint.Port);
        return socket;
    }

    private sealed class Owner : IConnectionOwner, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private long _clockMs;
        private int _screened;

        public HelloRefusal? Refusal { get; init; }

        public int Screened => Volatile.Read(ref _screened);

        public CancellationToken Stopping => _stopping.Token;

        public bool IsReplica => false;

        public long ClockMs => Interlocked.Increment(ref _clockMs);

        public Task<(Hello Own, HelloRefusal? Refusal)> ScreenAsync(Hello? peer)
        {
            Interlocked.Increment(ref _screened);
            return Task.FromResult((LoopFixture.HelloOf(Role.FrontEnd), Refusal));
        }

        public void PostOpened(Connection connection)
        {
        }

        public void PostFrames(Connection connection, ReadOnlySequence<byte> frames) => connection.Turn.End(default);

        public void PostClosed(ConnectionId connection)
        {
        }

        public void Dispose()
        {
            _stopping.Cancel();
            _stopping.Dispose();
        }
    }
}
