using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Security;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>A living shop gets TLS, process by process, while a user orders; and what a user sees of it.</summary>
[Category("Slow")]
internal sealed class MovingToTls
{
    [Test]
    public Task From_off_by_optional_to_required_while_orders_run() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        (await cluster.IntroduceAsync("Ada")).ShouldExit(0);
        await cluster.MakeKeysAsync(TlsMode.Optional);
        foreach (TlsMode mode in new[] { TlsMode.Optional, TlsMode.Required })
        {
            cluster.SetTls(mode);
            await cluster.NameServer.StopAsync();
            await cluster.StartNameServerAsync();
            foreach (string id in new[] { "1", "2", "3" })
            {
                await cluster.Servers[id].StopAsync();
                await cluster.StartServerAsync(id);
                (await cluster.UserAsync("Ada", "order", "--item", "rice=1", "--delivery", "next-day")).ShouldExit(0);
                await cluster.SettledAsync("1", "2", "3");
            }

            RealProcess old = cluster.FrontEnds[^1];
            await cluster.StartFrontEndAsync();
            await old.StopAsync();
        }

        (await cluster.UserAsync("Ada", "orders")).ShouldExit(0).Json.GetArrayLength().Should().Be(6);
        (await cluster.UserAsync("Ada", "orders", "--tls", "off", "--retries", "0")).ShouldExit(ExitCode.Unavailable);

        File.WriteAllText(cluster.ProfileOf("Ada") + ".authorities", File.ReadAllText(cluster.ProfileOf("Ada") + ".authorities")
            .Replace(Noted(cluster.KeyFile), Noted(await OtherKeyAsync(cluster)), StringComparison.Ordinal));
        (await cluster.UserAsync("Ada", "orders")).ShouldExit(ExitCode.Refused);
    });

    /// <summary>An authority's certificate as a profile notes it.</summary>
    private static string Noted(string keyFile) => string.Concat(File.ReadAllText(Path.ChangeExtension(keyFile, ".crt")).Split('\n').Where(l => l.Length > 0 && l[0] != '-'));

    private static async Task<string> OtherKeyAsync(Cluster cluster)
    {
        string file = Path.Combine(cluster.Directory, "other.pem");
        (await cluster.RunAsync("nameserver", "keys", "make", "--out", file)).ShouldExit(0);
        return file;
    }
}
