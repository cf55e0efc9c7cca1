using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FluentAssertions;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;
using static JustHungry.Tests.Protocol.Security.TestCluster;

namespace JustHungry.Tests.Protocol.Security;

/// <summary>Real loops and clients with TLS between them: who comes in, and what everybody else is told.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SecuredLinkTests : IDisposable
{
    private readonly TestCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [Test]
    public async Task A_process_of_the_cluster_comes_in_and_is_answered()
    {
        await using LoopFixture loop = await _cluster.ListenAsync();
        await using RpcClient replica = await DialAsync(loop, _cluster.SecurityOf(Is(Role.Replica)), Role.Replica);

        for (int i = 0; i < 20; i++)
            await PingAsync(replica);

        replica.Peer.Role.Should().Be(Role.NameServer);
        loop.Core.Events.Should().Contain("opened Replica");
    }

    [Test]
    public async Task A_user_needs_no_certificate_and_nobody_else_does_without()
    {
        await using LoopFixture loop = await _cluster.ListenAsync();
        await using (RpcClient user = await DialAsync(loop, _cluster.User(), Role.User))
            await PingAsync(user);

        foreach (Role role in new[] { Role.FrontEnd, Role.Replica, Role.Operator })
            (await RefusalAsync(() => DialAsync(loop, _cluster.User(), role))).Reason.Should().Be(HelloRefusal.CertificateRequired);
        loop.Core.Events.Should().NotContain(e => e.StartsWith("opened ", StringComparison.Ordinal) && e != "opened User");
    }

    [Test]
    public async Task A_certificate_proves_its_own_role_id_and_group_only()
    {
        await using LoopFixture loop = await _cluster.ListenAsync();
        LinkSecurity two = _cluster.SecurityOf(Is(Role.Replica, "2"));

        (await RefusalAsync(() => DialAsync(loop, two, Role.Replica, "1"))).Reason.Should().Be(HelloRefusal.WrongIdentity);
        (await RefusalAsync(() => DialAsync(loop, two, Role.FrontEnd, "2"))).Reason.Should().Be(HelloRefusal.WrongIdentity);
        (await RefusalAsync(() => DialAsync(loop, two, Role.Operator, "2"))).Reason.Should().Be(HelloRefusal.WrongIdentity);
        (await RefusalAsync(() => DialAsync(loop, two, Role.Replica, "2", "other"))).Reason.Should().Be(HelloRefusal.WrongIdentity);
        (await RefusalAsync(() => DialAsync(loop, two, Role.User, "2"))).Reason.Should().Be(HelloRefusal.WrongIdentity);
        loop.Core.Events.Should().BeEmpty("the core never meets them");
    }

    [Test]
    public async Task A_certificate_of_another_cluster_or_time_is_refused_with_the_reason()
    {
        _cluster.Replace(Authority.Make(DateTimeOffset.UtcNow.AddDays(-100)));
        await using LoopFixture loop = await _cluster.ListenAsync();
        LinkSecurity old = _cluster.SecurityOf(Is(Role.Replica), time: new DaysOff(-40));
        Authority own = _cluster.Authority;
        _cluster.Replace(Authority.Make(DateTimeOffset.UtcNow), alsoTrusted: own);

        (await RefusalAsync(() => DialAsync(loop, old, Role.Replica))).Reason.Should().Be(HelloRefusal.Expired);
        HelloRefusedException stranger = await RefusalAsync(() => DialAsync(loop, _cluster.SecurityOf(Is(Role.Replica)), Role.Replica));
        (stranger.Reason, stranger.IsUntrusted).Should().Be((HelloRefusal.UnknownAuthority, false), "the listener says so");
        stranger.Message.Should().Contain("--tls-file");
    }

    [Test]
    public async Task A_dialler_refuses_a_listener_of_another_cluster_and_tells_it_nothing()
    {
        await using LoopFixture loop = await _cluster.ListenAsync();
        using var other = new TestCluster();

        foreach (LinkSecurity security in new[] { other.User(), other.SecurityOf(Is(Role.Replica)) })
        {
            HelloRefusedException refused = await RefusalAsync(() => DialAsync(loop, security, security.Credentials!.Path.EndsWith("crt", StringComparison.Ordinal) ? Role.User : Role.Replica));
            (refused.Reason, refused.IsUntrusted).Should().Be((HelloRefusal.UnknownAuthority, true));
        }

        loop.Core.Events.Should().BeEmpty();
    }

    [Test]
    public async Task A_dialler_refuses_a_listener_that_says_something_else_than_its_certificate()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync(security: _cluster.SecurityOf(Is(Role.Replica))); // and it says it is a name server

        HelloRefusedException refused = await RefusalAsync(() => DialAsync(loop, _cluster.User(), Role.User));

        (refused.Reason, refused.IsUntrusted).Should().Be((HelloRefusal.WrongIdentity, true));
    }

    [TestCase(Role.Replica, "other", "a replica of group other listens there, not a replica of group JH_orders")]
    [TestCase(Role.FrontEnd, Group, "a front end of group JH_orders listens there, not a replica of group JH_orders")]
    [TestCase(Role.NameServer, "", "a name server listens there, not a replica of group JH_orders")]
    public async Task A_dialler_refuses_a_listener_that_is_not_whom_it_looked_for(Role role, string group, string message)
    {
        foreach (LinkSecurity of in new[] { LinkSecurity.Off, _cluster.SecurityOf(Is(role, group: group.Length > 0 ? group : Group)) })
        {
            await using LoopFixture loop = await LoopFixture.StartAsync(security: of);
            loop.Core.Own = new Hello(role, "1", DiskId.None, new BootId(1), ClusterId.None, group);
            HelloRefusedException refused = await RefusalAsync(() => RpcClient.ConnectAsync(
                loop.Endpoint, Role.Replica, loop.Core.Own with { Role = Role.Operator, Group = Group }, TimeSpan.FromSeconds(10), CancellationToken.None,
                of.Mode == TlsMode.Off ? LinkSecurity.Off : _cluster.SecurityOf(Is(Role.Operator))));
            (refused.Message, refused.IsSomebodyElse, refused.IsUntrusted).Should().Be((message, true, false));
        }
    }

    [TestCase("other", "closed")]
    [TestCase(Group, "opened Replica")]
    public async Task A_daemon_never_meets_a_listener_of_another_group(string group, string expected)
    {
        await using LoopFixture listener = await LoopFixture.StartAsync(security: _cluster.SecurityOf(Is(Role.Replica, group: group)));
        listener.Core.Own = new Hello(Role.Replica, "1", DiskId.None, new BootId(1), ClusterId.None, group);
        await using LoopFixture dialler = await LoopFixture.StartAsync(security: _cluster.SecurityOf(Is(Role.FrontEnd)));
        dialler.Core.Own = new Hello(Role.FrontEnd, "2", DiskId.None, new BootId(2), ClusterId.None, Group);

        dialler.Loop.Dial(listener.Endpoint);

        (await LoopFixture.BecomesTrueAsync(() => !dialler.Core.Events.IsEmpty)).Should().BeTrue();
        dialler.Core.Events.First().Should().Be(expected);
    }

    [Test]
    public async Task Without_TLS_nobody_comes_in_and_is_told_what_to_do()
    {
        await using LoopFixture loop = await _cluster.ListenAsync();

        HelloRefusedException refused = await RefusalAsync(() => loop.ConnectAsync(Role.User));

        refused.Reason.Should().Be(HelloRefusal.TlsRequired);
        refused.Message.Should().Contain("--tls required");
        loop.Core.Events.Should().BeEmpty();
    }

    [Test]
    public async Task Optional_takes_both_and_dials_both()
    {
        await using LoopFixture optional = await _cluster.ListenAsync(TlsMode.Optional);
        await using LoopFixture off = await LoopFixture.StartAsync();
        LinkSecurity required = _cluster.SecurityOf(Is(Role.Replica)), both = _cluster.SecurityOf(Is(Role.Replica), TlsMode.Optional);

        await using (RpcClient plain = await DialAsync(optional, LinkSecurity.Off, Role.Replica))
            await PingAsync(plain);
        await using (RpcClient secured = await DialAsync(optional, required, Role.Replica))
            await PingAsync(secured);
        await using (RpcClient fallenBack = await DialAsync(off, both, Role.Replica))
            await PingAsync(fallenBack);
        (await RefusalAsync(() => DialAsync(optional, required, Role.Replica, "2"))).Reason.Should().Be(HelloRefusal.WrongIdentity, "a certificate is looked at wherever there is one");

        Func<Task> insist = () => DialAsync(off, required, Role.Replica);
        (await insist.Should().ThrowAsync<ConnectionLostException>()).Which.Message.Should().Contain("--tls off");
    }

    [Test]
    public async Task Whoever_begins_a_handshake_and_stalls_holds_up_nobody_and_is_gone_after_5_s()
    {
        var time = new ManualTime();
        await using LoopFixture loop = await _cluster.ListenAsync(time: time);
        var stalled = new List<Socket>();
        for (int i = 0; i < 50; i++)
        {
            stalled.Add(await loop.ConnectRawAsync());
            await stalled[i].SendAsync(i % 2 == 0 ? new byte[] { 0x16 } : [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3]);
        }

        await using (RpcClient user = await DialAsync(loop, _cluster.User(), Role.User))
            await PingAsync(user);

        Task<byte[][]> ended = Task.WhenAll(stalled.Select(LoopFixture.ReadToEndAsync));
        (await LoopFixture.BecomesTrueAsync(() => ended.IsCompleted, () => time.Advance(TimeSpan.FromSeconds(1)))).Should().BeTrue();
        stalled.ForEach(s => s.Dispose());
    }

    [Test]
    public async Task A_peer_whose_authority_is_not_trusted_any_more_is_cut_off_and_another_is_not()
    {
        Authority own = _cluster.Authority, next = Authority.Make(DateTimeOffset.UtcNow);
        _cluster.Replace(own, alsoTrusted: next);
        LinkSecurity listener = _cluster.SecurityOf(Is(Role.NameServer));
        await using LoopFixture loop = await LoopFixture.StartAsync(security: listener);
        await using RpcClient old = await DialAsync(loop, _cluster.SecurityOf(Is(Role.Replica)), Role.Replica);
        _cluster.Replace(next, alsoTrusted: own);
        await using RpcClient renewed = await DialAsync(loop, _cluster.SecurityOf(Is(Role.Replica, "2")), Role.Replica, "2");
        await PingAsync(old);

        _cluster.Replace(next);
        listener.Credentials!.Refresh().Should().BeTrue();
        loop.Loop.RecheckPeers();

        (await LoopFixture.BecomesTrueAsync(() => !old.IsOpen)).Should().BeTrue();
        await PingAsync(renewed);
    }

    [Test]
    public async Task A_peer_whose_authority_stops_being_trusted_during_its_handshake_does_not_slip_in()
    {
        Authority own = _cluster.Authority, next = Authority.Make(DateTimeOffset.UtcNow);
        _cluster.Replace(next, alsoTrusted: own);
        LinkSecurity listener = _cluster.SecurityOf(Is(Role.NameServer));
        _cluster.Replace(own, alsoTrusted: next);
        LinkSecurity dialler = _cluster.SecurityOf(Is(Role.Replica));
        await using LoopFixture loop = await LoopFixture.StartAsync(security: listener);
        loop.Core.OnScreen = () =>
        {
            _cluster.Replace(next);
            listener.Credentials!.Refresh().Should().BeTrue();
            loop.Loop.RecheckPeers();
        };

        await using RpcClient client = await DialAsync(loop, dialler, Role.Replica);

        (await LoopFixture.BecomesTrueAsync(() => !client.IsOpen)).Should().BeTrue();
        loop.Core.Events.Should().BeEmpty("the core never meets it");
    }

    [Test]
    public async Task A_dial_does_not_wait_behind_strangers()
    {
        using var everyPlace = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        int places = Math.Max(1, Environment.ProcessorCount / 2);
        for (int i = 0; i < places; i++)
            await CpuGate.OfAccepted.EnterAsync(everyPlace.Token);
        try
        {
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
            listener.Start();
            Task listening = ServeOneAsync(listener);
            (Socket socket, SecuredLink? link) = await SecuredLink.ConnectAsync(
                new Endpoint("127.0.0.1", ((System.Net.IPEndPoint)listener.LocalEndpoint).Port), _cluster.User(), everyPlace.Token, everyPlace.Token);
            link!.Verdict.Identity.Should().Be(Is(Role.NameServer));
            await listening;
            link.Dispose();
            socket.Dispose();
        }
        finally
        {
            for (int i = 0; i < places; i++)
                CpuGate.OfAccepted.Leave();
        }
    }

    /// <summary>A listener that takes its own time, and no place at the gate.</summary>
    private async Task ServeOneAsync(TcpListener listener)
    {
        using Socket accepted = await listener.AcceptSocketAsync();
        using X509Certificate2 leaf = _cluster.Authority.Issue(Is(Role.NameServer), DateTimeOffset.UtcNow);
        await using var stream = new SslStream(new NetworkStream(accepted));
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = leaf });
    }

    [Test]
    public async Task What_fills_many_records_arrives_whole()
    {
        await using LoopFixture loop = await _cluster.ListenAsync();
        loop.Core.OnFrame = (connection, in frame) => loop.Loop.Send(connection, frame.Correlation, new Listed([.. Enumerable.Range(0, 900).Select(i => Many(i))]));
        await using RpcClient client = await DialAsync(loop, _cluster.SecurityOf(Is(Role.Operator)), Role.Operator);

        string[] prefixes = [.. Enumerable.Range(0, 16).Select(i => new string('x', 128))];
        for (int i = 0; i < 8; i++)
            (await client.CallAsync(new List("p", prefixes, true), frame => frame.Type, CancellationToken.None)).Should().Be(MessageType.Listed);
    }

    private static Registration Many(int i) =>
        new($"name{i}", new Endpoint("127.0.0.1", 1), DiskId.None, ClusterId.None, Epoch.None, [new string('m', 100)], new BootId(1), 10_000);

    private static async Task PingAsync(RpcClient client) =>
        await client.CallAsync<Ping, Pong>(default, type => new InvalidOperationException($"{type}"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

    private static async Task<HelloRefusedException> RefusalAsync(Func<Task> dial) => (await dial.Should().ThrowAsync<HelloRefusedException>()).Which;
}
