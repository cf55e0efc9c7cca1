using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using JustHungry.Tests.EndToEnd.Rig;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>Does what SECURING.md says, command by command, on three "machines": three addresses, each with a home of its own.</summary>
[Category("Slow")]
[Platform("Linux")] // every 127.0.0.x is this machine
internal sealed partial class FollowingThePages
{
    private const int Machines = 3;

    [Test]
    public async Task Three_machines_are_secured()
    {
        DirectoryInfo home = Directory.CreateTempSubdirectory("justhungry-e2e-pages-");
        List<RealProcess> daemons = [];
        try
        {
            var environments = Enumerable.Range(1, Machines).ToDictionary(
                m => m, m => new Dictionary<string, string> { ["JUSTHUNGRY_HOME"] = home.CreateSubdirectory($"{m}").FullName });
            Dictionary<string, int> ports = [];
            int ran = 0;
            foreach ((int machine, string line) in Commands())
            {
                Dictionary<string, string> environment = environments[machine];
                string command = Port().Replace(line, m => $"{m.Groups[1].Value}:{Known(ports, m.Groups[2].Value)}");
                command = FileName().Replace(command, m => Path.Combine(environment["JUSTHUNGRY_HOME"], m.Value));
                await RunAsync(command, environment, daemons);
                if (ran++ == 0)
                    CopyKeys(environments);
            }

            ran.Should().BeGreaterThan(12);
            daemons.Should().HaveCount(5).And.OnlyContain(d => !d.HasExited && !d.Error.Contains("ANYBODY"));
        }
        catch (Exception e) when (e is not AssertionException)
        {
            throw new AssertionException($"{e.Message}\n\n{string.Join('\n', daemons.Select(d => d.Describe()))}", e);
        }
        finally
        {
            foreach (RealProcess daemon in daemons)
                await daemon.DisposeAsync();
            home.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(string command, Dictionary<string, string> environment, List<RealProcess> daemons)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == "export")
        {
            string[] pair = words[1].Split('=');
            environment[pair[0]] = pair[1];
        }
        else if (words[^1] == "&")
        {
            RealProcess daemon = RealProcess.Start(command, words[0], words[1..^1], environment);
            daemons.Add(daemon);
            await daemon.ReadyAsync();
        }
        else
        {
            await using RealProcess process = RealProcess.Start(command, words[0], words[1..], environment);
            int code = await process.ExitAsync();
            (code, command, process.Error).Should().Be((0, command, ""));
        }
    }

    private static void CopyKeys(Dictionary<int, Dictionary<string, string>> environments)
    {
        foreach (string file in new[] { "cluster-key.pem", "cluster-key.crt" })
        {
            for (int machine = 2; machine <= Machines; machine++)
                File.Copy(Path.Combine(environments[1]["JUSTHUNGRY_HOME"], file), Path.Combine(environments[machine]["JUSTHUNGRY_HOME"], file));
        }
    }

    private static int Known(Dictionary<string, int> ports, string port)
    {
        if (!ports.TryGetValue(port, out int free))
            ports[port] = free = FreePorts.Take(1)[0];
        return free;
    }

    private static IEnumerable<(int Machine, string Command)> Commands() =>
        from line in File.ReadLines(PageAt("FrontEnd/SECURING.md"))
        where line.Length > 2 && char.IsAsciiDigit(line[0]) && line[1] == '$'
        select (line[0] - '0', line[3..]);

    private static string PageAt(string page, [CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../..", page));

    [GeneratedRegex(@"(127\.0\.0\.\d):(\d+)")]
    private static partial Regex Port();

    [GeneratedRegex(@"[a-z0-9-]+\.(pem|crt)\b")]
    private static partial Regex FileName();
}
