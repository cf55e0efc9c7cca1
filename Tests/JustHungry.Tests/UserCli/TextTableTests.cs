using FluentAssertions;
using JustHungry.UserCli.Text;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>Tables of text fit into 80 columns, whatever is in them.</summary>
internal sealed class TextTableTests
{
    [Test]
    public void Wide_and_combining_characters_are_counted_as_they_are_shown()
    {
        Table(("apple", "2"), ("寿司", "1"), ("cafe\u0301", "3")).Should().Be("PRODUCT  LEFT\napple       2\n寿司        1\ncafe\u0301        3\n");
    }

    [Test]
    public void Long_texts_go_on_below_and_numbers_stay_whole()
    {
        string name = string.Join(' ', Enumerable.Repeat("brötchen", 20)) + " " + new string('司', 60);
        string[] lines = Table((name, "1000000000"), ("apple", "2")).TrimEnd('\n').Split('\n');
        lines.Should().AllSatisfy(l => CellWidth.Of(l).Should().BeLessThanOrEqualTo(TextTable.WidthMax));
        lines[1].Should().StartWith("brötchen brötchen").And.EndWith("  1000000000");
        lines[^1].Should().StartWith("apple ").And.EndWith(" 2");
        string.Concat(lines[1..^1].Select(l => l.Replace("1000000000", "", StringComparison.Ordinal)).SelectMany(l => l.Split(' '))).Should().Be(name.Replace(" ", "", StringComparison.Ordinal));
    }

    [Test]
    public void What_was_typed_can_not_move_the_cursor() => Table(("a\e[2Jb\nc", "1")).Should().Contain("a?[2Jb?c  ");

    [TestCase("", 5, "")]
    [TestCase("one two", 7, "one two")]
    [TestCase("one two", 6, "one|two")]
    [TestCase("abcdefgh", 3, "abc|def|gh")]
    [TestCase("司司", 1, "司|司", Description = "a line is never empty, or there would be no end")]
    public void Lines_break_at_spaces_if_they_can(string text, int columns, string lines) => string.Join('|', CellWidth.Wrap(text, columns)).Should().Be(lines);

    private static string Table(params (string Name, string Left)[] rows)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var table = new TextTable(new("PRODUCT"), new("LEFT", IsRight: true));
        foreach ((string name, string left) in rows)
            table.Add(name, left);
        table.WriteTo(output);
        return output.ToString();
    }
}
