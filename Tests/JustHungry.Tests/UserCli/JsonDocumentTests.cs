using System.Text.RegularExpressions;
using FluentAssertions;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>UserCli/JSON.md names every command that takes --json, and every error.</summary>
public sealed partial class JsonDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(FindRoot(), "UserCli", "JSON.md"));

    [Test]
    public void Every_command_with_json_stands_in_the_table_and_no_other()
    {
        IEnumerable<string> commands = UserProgram.Table(new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null)).Describe()
            .Where(c => c.Options.Any(o => o.Name == "--json")).Select(c => c.Name);
        CommandOfRow().Matches(Document).Select(m => m.Groups[1].Value).Should().BeEquivalentTo(commands);
    }

    [Test]
    public void Every_final_error_is_named()
    {
        foreach (AnswerCode code in Enum.GetValues<AnswerCode>().Where(c => c.IsRefusal() && c.IsFinal()))
            Document.Should().MatchRegex($@"\b{code}\b");
    }

    private static string FindRoot()
    {
        string directory = TestContext.CurrentContext.TestDirectory;
        while (!File.Exists(Path.Combine(directory, "JustHungry.sln")))
            directory = Path.GetDirectoryName(directory)!;
        return directory;
    }

    [GeneratedRegex(@"^\| `user ([a-z -]+)`", RegexOptions.Multiline)]
    private static partial Regex CommandOfRow();
}
