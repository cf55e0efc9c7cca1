using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using JustHungry.Tests.NameServer.OnEtcd;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Two name servers in front of one etcd cluster: what the shop needs of one, it gets from the other.</summary>
[SideBySide]
public sealed class LosingOneOfTwoNameServers
{
    [Test]
    public async Task A_dead_primary_is_replaced_though_the_name_server_that_everybody_used_died_first()
    {
        await using EtcdCluster etcd = await EtcdCluster.StartAsync();
        await Scenario.RunAsync(() => Cluster.OnTwoNameServersAsync(etcd.Storage), async cluster =>
        {
            string[] ids = ["1", "2", "3"];
            await Task.WhenAll(ids.Select(id => cluster.StartServerAsync(id)));
            await cluster.StartFrontEndAsync();
            await cluster.SettledAsync(ids);
            await cluster.IntroduceAsync("Ada");

            await cluster.NameServer.KillAsync();
            (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "same-day")).ShouldExit(0);
            string primary = await cluster.PrimaryAsync();
            await cluster.Servers[primary].KillAsync();
            (await cluster.UserAsync("Ada", "order", "--item", "rice=2", "--delivery", "same-day")).ShouldExit(0);

            await cluster.StartServerAsync(primary); // it registers at the one that is left
            await cluster.SettledAsync(ids);
            (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(2);
            (await cluster.RunAsync("frontend", "status", "--json")).ShouldExit(0).Json.GetProperty("nameServers").GetArrayLength().Should().Be(2);
        });
    }
}
