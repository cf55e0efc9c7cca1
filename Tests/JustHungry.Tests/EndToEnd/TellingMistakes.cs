using System.Text.Json;
using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>What people get wrong is told in a sentence with the address or file and what to try, never as a stack trace; logs are one line each.</summary>
[SideBySide]
public sealed class TellingMistakes
{
    [Test]
    public Task Every_mistake_at_a_start_is_a_sentence() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        string garbage = Path.Combine(cluster.Directory, "garbage.db");
        await File.WriteAllTextAsync(garbage, "no database at all, but long enough to be taken for one");
        string dataDirectory = Path.Combine(cluster.Directory, "data");
        Directory.CreateDirectory(dataDirectory);
        File.Copy(garbage, Path.Combine(dataDirectory, "log.db"));
        string used = cluster.NameServerEndpoint.ToString();
        (string Program, string[] Args, int Code, string[] Says)[] mistakes =
        [
            ("nameserver", ["--listen", used, "--storage", "memory"], 1, [used, "--listen"]),
            ("nameserver", ["--storage", $"sqlite:{garbage}", "--listen", "127.0.0.1:0"], 1, [garbage, "--storage"]),
            ("nameserver", ["--storage", "paper"], 2, ["--storage paper", "sqlite:PATH"]),
            ("nameserver", ["lst"], 2, ["'lst' is not a command", "'list'"]),
            ("nameserver", ["list", "--name-server", "127.0.0.1:1"], 3, ["127.0.0.1:1", "nameserver", "--name-server"]),
            ("frontend", ["--listen", used], 1, [used, "--listen"]),
            ("frontend", ["--log-format", "xml"], 2, ["--log-format xml", "line or json"]),
            ("frontend", ["--log-level", "loud"], 2, ["--log-level loud", "debug"]),
            ("frontend", ["promote"], 2, ["say which replica"]),
            ("frontend", ["status", "--name-server", "127.0.0.1:1"], 3, ["127.0.0.1:1", "nameserver", "--name-server"]),
            ("frontend", ["status", "--name-server", "nowhere"], 2, ["--name-server nowhere", "HOST:PORT"]),
            ("server", ["1", "--postcodes", "offline", "--listen", used], 1, [used, "--listen"]),
            ("server", ["1", "--postcodes", "offline", "--data-dir", garbage], 1, [garbage, "--data-dir"]),
            ("server", ["1", "--postcodes", "offline", "--data-dir", dataDirectory], 1, [Path.Combine(dataDirectory, "log.db"), "Move"]),
            ("nameserver", ["--listen", "127.0.0.1:0", "--storage", "memory", "--metrics", used], 1, [$"--metrics {used}", "another address or port"]),
            ("frontend", ["--metrics", "127.0.0.1:0"], 1, ["--metrics 127.0.0.1:0", "Choose one"]),
            ("server", ["1", "--advertise", "nowhere"], 2, ["--advertise nowhere", "HOST:PORT"]),
            ("server", ["1", "--copy-to", "a", "--restore-from", "b"], 2, ["--copy-to and --restore-from"]),
            ("server", ["77", "--restore-from", cluster.Directory], 1, [cluster.Directory, "log.db"]),
        ];
        foreach ((string program, string[] args, int code, string[] says) in mistakes)
        {
            CommandResult result = (await cluster.RunAsync(program, args)).ShouldExit(code);
            result.Error.Should().ContainAll(says, $"{program} {string.Join(' ', args)}").And.NotContain("   at ").And.NotContain("Unhandled exception");
            result.Output.Should().BeEmpty("only answers go to stdout");
        }
    });

    [Test]
    public Task Each_line_of_a_json_log_is_an_object_on_every_daemon() => Scenario.RunAsync(() => Cluster.BareAsync(), async cluster =>
    {
        RealProcess names = cluster.Start("a name server", "nameserver", "--listen", "127.0.0.1:0", "--storage", "memory", "--log-format", "json");
        await names.ReadyAsync();
        RealProcess one = await cluster.StartServerAsync("1", "--log-format", "json", "--log-level", "debug");
        await cluster.StartServerAsync("2", "--log-level", "none");
        RealProcess frontEnd = await cluster.StartFrontEndAsync("--log-format", "json");
        foreach (RealProcess process in new[] { names, one, frontEnd })
        {
            await process.StopAsync();
            string[] lines = process.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            lines.Should().NotBeEmpty();
            foreach (string line in lines)
                JsonSerializer.Deserialize<JsonElement>(line).GetProperty("Message").GetString().Should().NotBeNullOrEmpty();
        }

        one.Error.Should().Contain("\"LogLevel\":\"Debug\"");
        (await cluster.Servers["2"].StopAsync()).Should().Be(0);
        cluster.Servers["2"].Error.Should().BeEmpty();
    });
}
