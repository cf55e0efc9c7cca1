using System.Security.Cryptography.X509Certificates;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Protocol.Loops;
using JustHungry.Tests.Protocol.Security;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Profiles;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>A user without a certificate file trusts what was met first, and nothing else for that shop.</summary>
public sealed class MetAuthoritiesTests
{
    [Test]
    public async Task The_first_authority_of_a_shop_is_the_only_one()
    {
        using var directory = new TemporaryDirectory();
        using var cluster = new TestCluster();
        using var false1 = new TestCluster();
        await using LoopFixture shop = await cluster.ListenAsync();
        await using LoopFixture impostor = await false1.ListenAsync();
        LinkSecurity User(int port) => LinkSecurity.Meeting(TlsMode.Required, new MetAuthorities(directory.File("profile.json"), new ShopAddress(new Endpoint("shop", port), "JH_orders")));

        (await TestCluster.DialAsync(shop, User(1), Role.User)).IsOpen.Should().BeTrue();
        (await TestCluster.DialAsync(shop, User(1), Role.User)).IsOpen.Should().BeTrue();
        Func<Task> deceive = () => TestCluster.DialAsync(impostor, User(1), Role.User);
        (await deceive.Should().ThrowAsync<HelloRefusedException>()).Which.IsUntrusted.Should().BeTrue();
        impostor.Core.Events.Should().BeEmpty();

        (await TestCluster.DialAsync(impostor, User(2), Role.User)).IsOpen.Should().BeTrue("that is another shop");
        (await TestCluster.DialAsync(shop, User(1), Role.User)).IsOpen.Should().BeTrue();
        File.ReadAllLines(directory.File("profile.json.authorities")).Should().HaveCount(2);
    }

    [Test]
    public void Of_two_first_meetings_at_once_one_counts_and_no_other_shop_is_lost()
    {
        using var directory = new TemporaryDirectory();
        using Authority shop = Authority.Make(DateTimeOffset.UtcNow), impostor = Authority.Make(DateTimeOffset.UtcNow);
        MetAuthorities Of(int port) => new(directory.File("profile.json"), new ShopAddress(new Endpoint("shop", port), "JH_orders"));
        Of(99).TryNote(shop.Certificate).Should().BeTrue();
        Of(99).TryNote(impostor.Certificate).Should().BeFalse("another process has met it meanwhile");
        Of(99).TryNote(shop.Certificate).Should().BeTrue();

        Parallel.For(1, 9, new ParallelOptions { MaxDegreeOfParallelism = 8 }, port => Of(port).TryNote(shop.Certificate).Should().BeTrue());

        File.ReadAllLines(directory.File("profile.json.authorities")).Should().HaveCount(9);
        Of(99).Known!.RawData.Should().Equal(shop.Certificate.RawData);
    }

    [Test]
    public async Task Who_is_met_second_is_refused_also_if_the_first_meeting_was_under_way()
    {
        using var cluster = new TestCluster();
        await using LoopFixture shop = await cluster.ListenAsync();
        Func<Task> meet = () => TestCluster.DialAsync(shop, LinkSecurity.Meeting(TlsMode.Required, new MetMeanwhile()), Role.User);

        HelloRefusedException refused = (await meet.Should().ThrowAsync<HelloRefusedException>()).Which;
        (refused.Reason, refused.IsUntrusted).Should().Be((HelloRefusal.UnknownAuthority, true));
    }

    [Test]
    public async Task Optional_is_plain_only_where_TLS_was_never_met()
    {
        using var directory = new TemporaryDirectory();
        using var cluster = new TestCluster();
        await using LoopFixture plain = await LoopFixture.StartAsync(), moving = await LoopFixture.StartAsync();
        LinkSecurity user = LinkSecurity.Meeting(TlsMode.Optional, new MetAuthorities(directory.File("profile.json"), new ShopAddress(plain.Endpoint, "JH_orders")));
        (await TestCluster.DialAsync(plain, user, Role.User)).IsOpen.Should().BeTrue();
        new MetAuthorities(directory.File("profile.json"), new ShopAddress(plain.Endpoint, "JH_orders")).TryNote(cluster.Authority.Certificate);

        Func<Task> downgrade = () => TestCluster.DialAsync(plain, user, Role.User);

        (await downgrade.Should().ThrowAsync<ConnectionLostException>()).Which.Message.Should().Contain("met before");
        plain.Core.Events.Count(e => e == "opened User").Should().Be(1);
        (await TestCluster.DialAsync(moving, user, Role.User)).IsOpen.Should().BeTrue("a front end of a shop that moves to TLS may not have it yet");
    }

    [Test]
    public async Task Each_address_that_had_TLS_once_is_held_to_it_with_and_without_a_certificate_file([Values] bool hasFile)
    {
        using var directory = new TemporaryDirectory();
        using var cluster = new TestCluster();
        await using LoopFixture plain = await LoopFixture.StartAsync(), secured = await cluster.ListenAsync();
        MetAuthorities Met(string group = "JH_orders") => new(directory.File("profile.json"), new ShopAddress(new Endpoint("door", 1), group));
        LinkSecurity user = hasFile ? LinkSecurity.With(TlsMode.Optional, cluster.User(TlsMode.Optional).Credentials!, Met()) : LinkSecurity.Meeting(TlsMode.Optional, Met());

        (await TestCluster.DialAsync(secured, user, Role.User)).IsOpen.Should().BeTrue();
        (Met().HasMet(secured.Endpoint), Met().HasMet(plain.Endpoint), Met("other").HasMet(secured.Endpoint)).Should().Be((true, false, false));
        (await TestCluster.DialAsync(plain, user, Role.User)).IsOpen.Should().BeTrue("this one was never met with TLS");
        Met().HasMet(plain.Endpoint).Should().BeFalse();

        Met().NoteSecured(plain.Endpoint);
        Func<Task> downgrade = () => TestCluster.DialAsync(plain, user, Role.User);
        (await downgrade.Should().ThrowAsync<ConnectionLostException>()).Which.Message.Should().Contain("met before");
    }

    [Test]
    public void Of_many_addresses_the_last_are_remembered_and_no_shop_is_forgotten()
    {
        using var directory = new TemporaryDirectory();
        using Authority shop = Authority.Make(DateTimeOffset.UtcNow);
        var met = new MetAuthorities(directory.File("profile.json"), new ShopAddress(new Endpoint("shop", 1), "JH_orders"));
        met.TryNote(shop.Certificate);
        for (int port = 1; port <= 260; port++)
            met.NoteSecured(new Endpoint("front-end", port));
        met.NoteSecured(new Endpoint("front-end", 260));

        (met.HasMet(new Endpoint("front-end", 4)), met.HasMet(new Endpoint("front-end", 5)), met.HasMet(new Endpoint("front-end", 260))).Should().Be((false, true, true));
        met.Known!.RawData.Should().Equal(shop.Certificate.RawData);
        File.ReadAllLines(directory.File("profile.json.authorities")).Should().HaveCount(257);
    }

    private sealed class MetMeanwhile : IMetAuthorities
    {
        public X509Certificate2? Known => null;

        public bool HasMet(Endpoint listener) => false;

        public void NoteSecured(Endpoint listener)
        {
        }

        public bool TryNote(X509Certificate2 authority) => false;
    }
}
