using FluentAssertions;
using JustHungry.UserCli.Menus.OnTerminal;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli.OnTerminal;

public sealed class LineEditorTests
{
    [TestCase("", "xyz", "xyz|")]
    [TestCase("abc", "", "abc|")]
    [TestCase("abc", "<<X", "aX|bc")]
    [TestCase("abc", "<<<<X", "X|abc")]
    [TestCase("abc", ">>X", "abcX|")]
    [TestCase("abc", "bb", "a|")]
    [TestCase("abc", "bbbbb", "|")]
    [TestCase("abc", "HdX", "X|bc")]
    [TestCase("abc", "HEX", "abcX|")]
    [TestCase("abc def", "<U", "|f")]
    [TestCase("abc def", "<<K", "abc d|")]
    [TestCase("abc def ", "W", "abc |")]
    [TestCase("a😀b", "<bX", "aX|b")]
    [TestCase("a😀b", "H>d", "a|b")]
    [TestCase("a😀b", "<<X", "aX|😀b")]
    public void Keys_edit_the_line(string text, string keys, string expected)
    {
        var editor = new LineEditor(text);
        foreach (char key in keys)
            editor.Press(Key(key)).Should().BeFalse();
        editor.Text.Insert(editor.Cursor, "|").Should().Be(expected);
        editor.Press(Key('\r')).Should().BeTrue();
    }

    private static ConsoleKeyInfo Key(char key) => key switch
    {
        '<' => Named(ConsoleKey.LeftArrow),
        '>' => Named(ConsoleKey.RightArrow),
        'b' => Named(ConsoleKey.Backspace),
        'd' => Named(ConsoleKey.Delete),
        'H' => Named(ConsoleKey.Home),
        'E' => Named(ConsoleKey.End),
        '\r' => Named(ConsoleKey.Enter),
        'U' or 'K' or 'W' => new ConsoleKeyInfo((char)(key - 'A' + 1), (ConsoleKey)key, false, false, control: true),
        _ => new ConsoleKeyInfo(key, default, false, false, false),
    };

    private static ConsoleKeyInfo Named(ConsoleKey key) => new('\0', key, false, false, false);
}
