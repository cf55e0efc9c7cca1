using CommandLine;
using JustHungry.Protocol.Commands;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user completion bash</c>: prints the script that a shell evaluates.</summary>
internal sealed class CompletionCommand : CommonCommandLine
{
    public const string Name = "completion";
    public const string Bash = "bash";

    [Value(0, MetaName = "SHELL", HelpText = "The shell to complete in: bash.")]
    public string? Shell { get; init; }

    public Typed<Act> Parse(Terminal terminal, CommandTable table) =>
        from _ in ParseGroup()
        from act in Shell is null ? new Wrong($"say for which shell: user completion {Bash}.")
            : Shell != Bash ? new Wrong($"'{Shell}' is not supported: expected {Bash}.")
            : Typed.Of<Act>(() => RunAsync(terminal, table))
        select act;

    private static Task<int> RunAsync(Terminal terminal, CommandTable table)
    {
        BashCompletion.Write(terminal.Out, table.Describe());
        return Task.FromResult(ExitCode.Done);
    }
}
