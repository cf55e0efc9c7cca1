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
}
