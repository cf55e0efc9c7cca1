using JustHungry.UserCli.Text;

namespace JustHungry.UserCli;

/// <summary>What a person or a script sees and types. Only answers go to <paramref name="Out"/>.</summary>
/// <param name="IsInteractive">A person is at the terminal, and what it shows can be redrawn.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, bool IsInteractive = false)
{
    public static Terminal OfProcess() => new(Console.In, new AnswerWriter(Console.Out), Console.Error, IsATerminal());

    private static bool IsATerminal() =>
        !Console.IsInputRedirected && !Console.IsOutputRedirected &&
        (Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } term ? term != "dumb" : OperatingSystem.IsWindows());
}
