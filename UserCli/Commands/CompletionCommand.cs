using CommandLine;
using JustHungry.Protocol.Hosting;

namespace JustHungry.UserCli.Commands;

/// <summary><c>user completion bash</c>: prints the script that a shell evaluates.</summary>
internal sealed class CompletionCommand : CommonOptions
{
    public const string Name = "completion";
    public const string Bash = "bash";

    [Value(0, MetaName = "SHELL", HelpText = "The shell to complete in: bash.")]
    public string? Shell { get; init; }

    public override string? Validate() =>
        base.Validate() ??
        (Shell is null ? $"say for which shell: user completion {Bash}."
            : Shell != Bash ? $"'{Shell}' is not supported: expected {Bash}."
            : null);

    public static Task<int> RunAsync(Terminal terminal, CommandTable table)
    {
        BashCompletion.Write(terminal.Out, table.Describe());
        return Task.FromResult(ExitCode.Done);
    }
}
