using System.Text;
using System.Text.Json;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>The shop's owner at work, with the real programs: the key from its making to a failover.</summary>
[SideBySide]
public sealed class OwningAShop
{
    [Test]
    public Task The_owner_runs_the_shop_over_a_failover_and_the_key_stands_in_one_file_only() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        string key = await KeyFileAsync(cluster);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(key).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await cluster.IntroduceAsync("Ada");
        (await OwnerAsync(cluster, key, "add", "plum", "--price", "1.20", "--stock", "10")).ShouldExit(0).Json.GetProperty("price").GetInt64().Should().Be(120);
        (await cluster.UserAsync("Ada", "order", "--item", "plum=4", "--delivery", "same-day")).ShouldExit(0);
        await (await cluster.PrimaryProcessAsync()).KillAsync();

        JsonElement toCook = (await OwnerAsync(cluster, key, "orders", "--active")).ShouldExit(0).Json.EnumerateArray().Single();
        toCook.GetProperty("customer").GetProperty("firstName").GetString().Should().Be("Ada");
        (await OwnerAsync(cluster, key, "retire", "plum")).ShouldExit(0).Json.GetProperty("stock").GetInt32().Should().Be(6);
        (await cluster.UserAsync("Ada", "order", "--item", "plum=1", "--delivery", "same-day")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("UnknownProduct");
        string user = toCook.GetProperty("userId").GetString()!;
        (await OwnerAsync(cluster, key, "complete", user[..8], "1")).ShouldExit(0).Json.GetProperty("status").GetString().Should().Be("Delivered");
        (await OwnerAsync(cluster, key, "complete", user[..8], "1")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("AlreadyDelivered");
        (await cluster.UserAsync("Ada", "cancel", "1")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("AlreadyDelivered");
        (await OwnerAsync(cluster, key, "report", "--since", "today")).ShouldExit(0).Json.GetProperty("takings").GetInt64().Should().Be(480 + 100);

        string wrong = Path.Combine(cluster.Directory, "wrong");
        await File.WriteAllTextAsync(wrong, OwnerKey.Make().ToFileText());
        (await OwnerAsync(cluster, wrong, "orders")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("NotOwner");

        OwnerKey.TryParse(await File.ReadAllTextAsync(key), out OwnerKey secret).Should().BeTrue();
        ShouldBeNowhereElse(cluster, key, secret);
    });

    [Test]
    public Task A_key_named_by_hand_opens_the_shop_and_another_one_is_said_to_be_another() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        string given = Path.Combine(cluster.Directory, "my-key");
        foreach (string id in new[] { "1", "2" })
            await cluster.StartServerAsync(id, "--owner-key-file", given);
        File.Exists(given).Should().BeFalse("no shop is opened yet");
        await cluster.StartFrontEndAsync();
        await cluster.SettledAsync("1", "2");
        (await OwnerAsync(cluster, given, "restock", "saffron", "5")).ShouldExit(0).Json.GetProperty("stock").GetInt32().Should().Be(65);
        Directory.GetFiles(cluster.DataDirectory("1"), "owner-key*").Should().BeEmpty();

        string other = Path.Combine(cluster.Directory, "other-key");
        await File.WriteAllTextAsync(other, OwnerKey.Make().ToFileText());
        RealProcess third = await cluster.StartServerAsync("3", "--owner-key-file", other);
        await cluster.SettledAsync("1", "2", "3");
        await Poll.UntilAsync("server 3 says that this is not the owner's key", () => third.Error.Contains($"{other} does not hold the key of this shop's owner", StringComparison.Ordinal));
        File.Exists(other).Should().BeTrue("a file named by hand is nobody's to delete");
        Directory.GetFiles(cluster.DataDirectory("3"), "owner-key*").Should().BeEmpty("server 3 did not open the shop");
    });

    [Test]
    public Task A_leaked_key_is_rotated_and_a_lost_one_is_reset_by_whoever_runs_the_servers() => Scenario.RunAsync(() => Cluster.StartAsync(), async cluster =>
    {
        string key = await KeyFileAsync(cluster), leaked = Path.Combine(cluster.Directory, "leaked");
        File.Copy(key, leaked);
        (await OwnerAsync(cluster, key, "rotate-key")).ShouldExit(0).Json.GetProperty("ownerKeyFile").GetString().Should().Be(key);
        (await OwnerAsync(cluster, leaked, "restock", "rice", "5")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("NotOwner");
        (await OwnerAsync(cluster, key, "restock", "rice", "5")).ShouldExit(0);

        string backup = cluster.Servers.Keys.Except([await cluster.PrimaryAsync()]).First();
        await cluster.Servers[backup].StopAsync();
        await cluster.StartServerAsync(backup, "--reset-owner-key");
        await cluster.SettledAsync([.. cluster.Servers.Keys]);
        (await cluster.RunAsync("frontend", "promote", backup)).ShouldExit(0);
        string made = Path.Combine(cluster.DataDirectory(backup), "owner-key");
        await Poll.UntilAsync("the server has made another key", () => File.Exists(made));
        (await OwnerAsync(cluster, made, "restock", "rice", "5")).ShouldExit(0);
        (await OwnerAsync(cluster, key, "restock", "rice", "5")).ShouldExit(1).Json.GetProperty("error").GetString().Should().Be("NotOwner");
    });

    [Test]
    public Task A_key_file_that_holds_no_key_stops_the_server_at_its_start() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        string file = Path.Combine(cluster.Directory, "shopping-list");
        await File.WriteAllTextAsync(file, "milk\n");
        RealProcess server = cluster.BeginServer("1", "--owner-key-file", file);
        (await server.ExitAsync()).Should().Be(1);
        server.Error.Should().Contain($"{file} holds no owner's key").And.NotContain("   at ");
    });

    /// <summary>The file in the first primary's data directory; the others have none.</summary>
    private static Task<string> KeyFileAsync(Cluster cluster) => Poll.ForAsync("one server keeps the owner's key, and says so", () =>
    {
        string[] files = [.. cluster.Servers.Keys.SelectMany(id => Directory.GetFiles(cluster.DataDirectory(id), "owner-key*"))];
        bool isTold = files.Length == 1 && cluster.Servers.Values.Any(s => s.Error.Contains($"the key of the shop's owner is in {files[0]}", StringComparison.Ordinal));
        return Task.FromResult(isTold ? files[0] : null);
    });

    private static Task<CommandResult> OwnerAsync(Cluster cluster, string key, string command, params string[] args) =>
        cluster.UserAsync("owner", ["shop", command, .. args, "--owner-key-file", key]);

    private static void ShouldBeNowhereElse(Cluster cluster, string keyFile, OwnerKey secret)
    {
        byte[] raw = new byte[OwnerKey.Bytes];
        secret.CopyTo(raw);
        byte[] hex = Encoding.ASCII.GetBytes(secret.ToFileText().Trim());
        foreach (string file in Directory.GetFiles(cluster.Directory, "*", SearchOption.AllDirectories).Where(f => f != keyFile && new FileInfo(f).Length > 0))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            ReadOnlySpan<byte> bytes = copy.ToArray();
            (bytes.IndexOf(raw) + bytes.IndexOf(hex)).Should().Be(-2, file);
        }

        cluster.Describe().Should().NotContainEquivalentOf(Encoding.ASCII.GetString(hex));
    }
}
