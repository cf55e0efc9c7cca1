using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace JustHungry.Tests;

/// <summary>
/// The shape of the product's source: what depends on what, and how long things are. Read from the files themselves; a folder is a
/// namespace. A project's own root is left out: it starts the program and names its log.
/// </summary>
public sealed partial class ArchitectureTests
{
    private const int FileLinesMax = 300;
    private const int FunctionLinesMax = 60;

    private static readonly string[] Projects = ["Protocol", "NameServer", "Server", "FrontEnd", "UserCli"];

    [Test]
    public void No_two_folders_of_a_project_use_each_other_in_a_circle()
    {
        IEnumerable<string> circles = Projects.SelectMany(project =>
        {
            Dictionary<string, HashSet<string>> uses = UsesOf(project);
            return uses.Keys
                .SelectMany(from => uses.Keys.Where(to => string.CompareOrdinal(from, to) < 0 && Reaches(uses, from, to) && Reaches(uses, to, from)), (from, to) => (from, to))
                .Select(pair => $"{project}: {pair.from} ⇄ {pair.to}");
        });

        circles.Should().BeEmpty();
    }

    [Test]
    public void A_circle_would_be_seen()
    {
        var uses = new Dictionary<string, HashSet<string>> { ["A"] = ["B"], ["B"] = ["C"], ["C"] = ["A"], ["D"] = ["A"] };
        Reaches(uses, "A", "C").Should().BeTrue();
        Reaches(uses, "C", "B").Should().BeTrue();
        Reaches(uses, "A", "D").Should().BeFalse();
        UsesOf("UserCli")["Commands"].Should().Contain("Menus.OnTerminal").And.Contain("Connection");
        UsesOf("UserCli")["Menus.OnTerminal"].Should().Contain("Menus", "what stands above is seen without a using");
    }

    [Test]
    public void No_file_is_longer_than_300_lines() =>
        Projects.Append("Tests").SelectMany(Files).Where(f => File.ReadLines(f).Count() > FileLinesMax).Should().BeEmpty();

    [Test]
    public void No_function_of_the_product_is_longer_than_60_lines() =>
        Projects.SelectMany(Files).SelectMany(f => MembersOf(File.ReadAllLines(f)).Where(m => m.Lines > FunctionLinesMax).Select(m => $"{f}: {m.Head}")).Should().BeEmpty();

    [Test]
    public void A_long_function_would_be_seen()
    {
        string[] source =
        [
            "internal sealed class C", "{", "    private readonly int[] _n =", "    [", "        1,", "    ];", "", "    /// <summary>Says it.</summary>", "    public int Say(", "        int n)", "    {", "        return n;",
            "    }", "", "    private sealed class Inner", "    {", "        public int Twice(int n) => n switch", "        {", "            0 => 0,", "            _ => 2 * n,", "        };",
            "    }", "}",
        ];
        MembersOf(source).Should().Equal(("private readonly int[] _n =", 0), ("public int Say(", 5), ("private sealed class Inner", 0), ("public int Twice(int n) => n switch", 5));
        Files("Server").SelectMany(f => MembersOf(File.ReadAllLines(f))).Max(m => m.Lines).Should().BeInRange(30, FunctionLinesMax, "it looks at real ones");
    }

    /// <summary>
    /// The members of a file's types, nested ones too, with their lengths, read by the indentation that the formatter sees to. A field's
    /// value is no function, however long; of a nested type only the members count.
    /// </summary>
    private static List<(string Head, int Lines)> MembersOf(string[] source)
    {
        List<(string, int)> members = [];
        int indent = 4; // of the members of the type in which we are
        for (int i = 0; i < source.Length; i++)
        {
            if (indent > 4 && source[i] == new string(' ', indent - 4) + "}")
                indent -= 4;
            if (!IsHead(source[i], indent))
                continue;

            bool isType = TypeHead().IsMatch(source[i]);
            bool isField = Field().IsMatch(source[i]);
            int end = i + 1;
            while (end < source.Length && !IsHead(source[end], indent) && IndentOf(source[end]) >= indent && !(isType && source[end] == new string(' ', indent) + "{"))
                end++;
            members.Add((source[i].Trim(), isType || isField ? 0 : source[i..end].Reverse().SkipWhile(IsBetweenMembers).Count()));
            if (isType && end < source.Length && source[end].Trim() == "{")
                indent += 4;
            i = end - 1;
        }

        return members;

        // Blank, or what stands above the next member: its comment and its attributes.
        bool IsBetweenMembers(string line) => line.Length == 0 || (IndentOf(line) == indent && line[indent] is '/' or '[' or '#');
    }

    private static bool IsHead(string line, int indent) => IndentOf(line) == indent && (char.IsLetter(line[indent]) || line[indent] is '~' or '(');

    private static int IndentOf(string line) => line.Length == 0 ? int.MaxValue : line.Length - line.TrimStart(' ').Length;

    private static bool Reaches(Dictionary<string, HashSet<string>> uses, string from, string to)
    {
        var seen = new HashSet<string>();
        var next = new Queue<string>(uses[from]);
        while (next.TryDequeue(out string? folder))
        {
            if (folder == to)
                return true;
            if (seen.Add(folder) && uses.TryGetValue(folder, out HashSet<string>? further))
                further.ToList().ForEach(next.Enqueue);
        }

        return false;
    }

    /// <summary>For each folder of a project with files, the others whose types its files name.</summary>
    private static Dictionary<string, HashSet<string>> UsesOf(string project)
    {
        (string Folder, string Text)[] files = [.. Files(project).Select(f => (FolderOf(project, f), Comment().Replace(File.ReadAllText(f), ""))).Where(f => f.Item1.Length > 0)];
        Dictionary<string, string[]> types = files.GroupBy(f => f.Folder)
            .ToDictionary(g => g.Key, g => g.SelectMany(f => Declaration().Matches(f.Text)).Select(m => m.Groups[1].Value).Distinct().ToArray());
        return files.GroupBy(f => f.Folder).ToDictionary(
            g => g.Key,
            g => types.Keys.Where(to => to != g.Key && g.Any(f => Uses(f.Text, project, g.Key, to, types[to]))).ToHashSet());
    }

    private static bool Uses(string text, string project, string from, string to, string[] types)
    {
        bool isAbove = from.StartsWith(to + ".", StringComparison.Ordinal);
        bool isImported = text.Contains($"using JustHungry.{project}.{to};", StringComparison.Ordinal);
        string name = Regex.Escape(to.Split('.')[^1]);
        return types.Any(type => (isAbove || isImported) && Regex.IsMatch(text, $@"(?<![\w.]){type}\b") || Regex.IsMatch(text, $@"(?<!\w){name}\.{type}\b"));
    }

    private static IEnumerable<string> Files(string project) =>
        Directory.EnumerateFiles(Path.Combine(Root(), project), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) &&
                !f.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string FolderOf(string project, string file) =>
        Path.GetRelativePath(Path.Combine(Root(), project), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.').Trim('.');

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|readonly|partial|ref|file)\s+)*(?:class|struct|interface|enum|record)\b")]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"^[^(=]*=(?!>)")]
    private static partial Regex Field();

    [GeneratedRegex(@"//.*$|""(?:[^""\\\n]|\\.)*""", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(?:public|internal)\s[^\n(=;]*?\b(?:class|struct|interface|record|enum|delegate\s+[\w<>\[\]?]+)\s+(?:struct\s+|class\s+)?(\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
