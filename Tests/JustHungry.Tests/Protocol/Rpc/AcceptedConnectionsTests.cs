using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

/// <summary>Idle connections keep nobody out, and cost next to nothing.</summary>
public sealed class AcceptedConnectionsTests
{
    private const int All = 6;
    private const int PerAddress = 4;

    private static readonly IPAddress Here = IPAddress.Parse("10.0.0.1"), There = IPAddress.Parse("10.0.0.2");

    private readonly List<Connection> _made = [];
    private AcceptedConnections _accepted = null!;

    [SetUp]
    public void Begin() => _accepted = new AcceptedConnections(All, PerAddress);

    [TearDown]
    public void End()
    {
        _made.ForEach(c => c.Dispose());
        _made.Clear();
    }

    [Test]
    public void From_a_full_address_the_quietest_of_that_address_gives_way()
    {
        Connection elsewhere = Add(There, quietSinceMs: 1);
        Connection[] here = [.. Enumerable.Range(2, PerAddress).Select(ms => Add(Here, quietSinceMs: ms))];

        _accepted.TryAdd(Make(quietSinceMs: 50), Here, out Connection? gaveWay).Should().BeTrue();
        gaveWay.Should().BeSameAs(here[0]).And.NotBeSameAs(elsewhere);
        _accepted.Count.Should().Be(PerAddress + 1);
    }

    [Test]
    public void When_all_places_are_taken_the_quietest_of_all_gives_way()
    {
        Connection quietest = Add(There, quietSinceMs: 1);
        for (int i = 1; i < All; i++)
            Add(i % 2 == 0 ? Here : There, quietSinceMs: 1 + i);

        _accepted.TryAdd(Make(quietSinceMs: 50), Here, out Connection? gaveWay).Should().BeTrue();
        gaveWay.Should().BeSameAs(quietest);
    }

    [Test]
    public void A_daemon_never_gives_way()
    {
        for (int i = 0; i < PerAddress; i++)
            Add(Here, quietSinceMs: i, Role.FrontEnd);

        _accepted.TryAdd(Make(quietSinceMs: 50), Here, out Connection? gaveWay).Should().BeFalse();
        gaveWay.Should().BeNull();
    }

    [Test]
    public void A_place_is_given_back_once_also_by_one_that_had_to_give_way()
    {
        Connection first = Add(Here, quietSinceMs: 0);
        for (int i = 1; i < PerAddress; i++)
            Add(Here, quietSinceMs: i);
        Add(Here, quietSinceMs: 50);

        _accepted.Remove(first);
        _made.ForEach(_accepted.Remove);
        _accepted.Count.Should().Be(0);
        for (int i = 0; i < PerAddress; i++)
        {
            _accepted.TryAdd(Make(quietSinceMs: i), Here, out Connection? gaveWay).Should().BeTrue();
            gaveWay.Should().BeNull("every place is free again");
        }
    }

    [Test]
    public async Task A_connection_that_says_nothing_has_no_buffer()
    {
        const int Idle = 500;
        const int BytesEach = 32 * 1024; // a read buffer would be 64 KiB; sockets, pipes and tasks of both ends take a third of this
        await using LoopFixture loop = await LoopFixture.StartAsync();
        var sockets = new List<Socket>();
        try
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            for (int i = 0; i < Idle; i++)
                sockets.Add(await loop.ConnectRawAsync(Role.User));
            (await LoopFixture.BecomesTrueAsync(() => loop.Core.Events.Count == Idle)).Should().BeTrue();

            ((GC.GetTotalMemory(forceFullCollection: true) - before) / Idle).Should().BeLessThan(BytesEach);
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    private Connection Add(IPAddress from, long quietSinceMs, Role role = Role.User)
    {
        Connection connection = Make(quietSinceMs, role);
        _accepted.TryAdd(connection, from, out _).Should().BeTrue();
        return connection;
    }

    private Connection Make(long quietSinceMs, Role role = Role.User)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndpoint);
        var connection = new Connection(new ConnectionId(_made.Count + 1), new SocketWire(socket), isDialled: true)
        {
            LastReceivedMs = quietSinceMs,
            Peer = LoopFixture.HelloOf(role),
        };
        _made.Add(connection);
        return connection;
    }
}
