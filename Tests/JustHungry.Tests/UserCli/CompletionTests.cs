using System.Diagnostics;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>The completion script, in a real bash.</summary>
[Platform("Linux")]
public sealed class CompletionTests
{
    [TestCase("user or", "order,orders")]
    [TestCase("user reo", "reorder")]
    [TestCase("user --n", "--name-server")]
    [TestCase("user orders --a", "--active")]
    [TestCase("user orders --active --js", "--json")]
    [TestCase("user order --deliv", "--delivery")]
    [TestCase("user order --item apple=2 --delivery s", "same-day")]
    [TestCase("user order --delivery = n", "next-day")]
    [TestCase("user reorder 3 --ti", "--tip")]
    [TestCase("user cancel --p", "--profile")]
    [TestCase("user products --log-level w", "warning")]
    [TestCase("user whoami --retries 1", "")]
    [TestCase("user orders --prof", "--profile")]
    [TestCase("user completion b", "bash")]
    [TestCase("user sh", "shop")]
    [TestCase("user shop re", "restock,retire,report")]
    [TestCase("user shop orders --w", "--watch")]
    [TestCase("user shop add plum --st", "--stock")]
    [TestCase("user shop report --owner", "--owner-key-file")]
    [TestCase("user nonsense --j", "")]
    public async Task Bash_completes(string typed, string expected)
    {
        (await CompleteAsync(typed)).Should().Be(expected);
    }

    [Test]
    public async Task A_file_is_completed_whatever_its_name()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory.File("my profile.json"), "");
        (await CompleteAsync($"user orders --profile {directory.Path}/my")).Should().Be(directory.File("my profile.json"));
    }

    private static async Task<string> CompleteAsync(string typed)
    {
        using var script = new StringWriter();
        (await UserProgram.RunAsync(["completion", "bash"], new Terminal(TextReader.Null, script, TextWriter.Null))).Should().Be(ExitCode.Done);
        var start = new ProcessStartInfo("bash", ["--norc", "-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(
            $"set -u\n{script}\nCOMP_WORDS=({typed}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n" +
            "complete -p user >/dev/null && _justhungry_user\nIFS=,; printf '%s' \"${COMPREPLY[*]-}\"\n");
        bash.StandardInput.Close();
        string completed = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return completed;
    }
}
