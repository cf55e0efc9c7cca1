using System.Management.Automation.Language;
using System.Runtime.CompilerServices;
using FluentAssertions;
using NUnit.Framework;

namespace JustHungry.Tests.EndToEnd;

/// <summary>The demo's PowerShell twin can't be run everywhere: at least it is PowerShell, and tells the same story.</summary>
public sealed class DemoScripts
{
    [Test]
    public void The_PowerShell_demo_parses()
    {
        Parser.ParseFile(Path.Combine(Root(), "run-demo.ps1"), out _, out ParseError[] errors);
        errors.Should().BeEmpty();
    }

    [Test]
    public void Both_demos_tell_the_same_story()
    {
        string[] shell = [.. File.ReadLines(Path.Combine(Root(), "run-demo.sh")).Where(l => l.StartsWith("say \"", StringComparison.Ordinal)).Select(Story)];
        string[] power = [.. File.ReadLines(Path.Combine(Root(), "run-demo.ps1")).Select(l => l.Trim()).Where(l => l.StartsWith("Say \"", StringComparison.Ordinal)).Select(Story)];
        shell.Should().HaveCountGreaterThan(5);
        power.Should().Equal(shell);
    }

    private static string Story(string line) => line["say ".Length..].Replace("`$", "$", StringComparison.Ordinal);

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));
}
