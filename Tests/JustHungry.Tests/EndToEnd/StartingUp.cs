using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>What the programs say when they can't do what they were told.</summary>
[SideBySide]
public sealed class StartingUp
{
    private static readonly string[] Impatient = ["--attempts", "2", "--interval", "0.2"];

    [Test]
    public Task Without_a_name_server_there_is_a_NamingError() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        await cluster.NameServer.KillAsync();
        (await cluster.RunAsync("frontend", Impatient)).ShouldExit(1).Error.Should().Contain("NamingError: no name server at ");
        (await cluster.RunAsync("server", ["1", "--postcodes", "offline", .. Impatient])).ShouldExit(1).Error.Should().Contain("NamingError: no name server");
        (await cluster.UserAsync("Ada", "products", "--retries", "0")).ShouldExit(3).Json.GetProperty("error").GetString().Should().Be("Unavailable");
    });

    [Test]
    public Task With_one_server_there_is_a_ConnectionError() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        await cluster.StartServerAsync("1");
        (await cluster.RunAsync("frontend", Impatient)).ShouldExit(1).Error.Should().Contain("ConnectionError: found 1 of the 2 servers");
        (await cluster.StatusAsync()).View.Should().BeNull("one server makes no view");
    });

    [Test]
    public Task A_port_in_use_is_a_clear_error() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        string taken = cluster.NameServerEndpoint.ToString();
        string[][] commands =
        [
            ["nameserver", "--listen", taken, "--storage", "memory"], ["server", "1", "--postcodes", "offline", "--listen", taken], ["frontend", "--listen", taken],
        ];
        foreach (string[] command in commands)
            (await cluster.RunAsync(command[0], command[1..])).ShouldExit(1).Error.Should().Contain($"can't listen at {taken}");
    });

    [TestCase(0, "nameserver", "--help")]
    [TestCase(0, "server", "--help")]
    [TestCase(0, "frontend", "--help")]
    [TestCase(0, "user", "--help")]
    [TestCase(2, "nameserver", "--colour")]
    [TestCase(2, "server", "1", "--colour")]
    [TestCase(2, "frontend", "--colour")]
    [TestCase(2, "user", "--colour")]
    [TestCase(2, "nameserver", "lst")]
    [TestCase(2, "frontend", "statsu")]
    [TestCase(2, "server")]
    [TestCase(2, "server", "not an id")]
    [TestCase(2, "server", "1", "--name-server", "nowhere")]
    [TestCase(2, "frontend", "--name-server", "127.0.0.1:99999")]
    [TestCase(2, "frontend", "--listen", "localhost")]
    [TestCase(2, "nameserver", "--listen", "127.0.0.1:http")]
    public async Task A_command_line_is_checked_first(int code, string program, params string[] args)
    {
        await using RealProcess process = RealProcess.Start(program, program, args, new Dictionary<string, string>());
        (await process.ExitAsync()).Should().Be(code);
        (code == 0 ? process.Error : process.Output).Should().BeEmpty();
        (code == 0 ? process.Output : process.Error).Should().NotBeEmpty().And.NotContain("   at ");
    }
}
