using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using Microsoft.Extensions.Logging;

namespace JustHungry.UserCli.Commands;

/// <summary>
/// Writes what bash needs to complete the program's commands, options and their values. Made from the command table, so that it is never
/// out of date.
/// </summary>
internal static class BashCompletion
{
    private const string Files = "FILE";

    /// <summary>Options with a few fixed words as values.</summary>
    private static readonly (string Option, IEnumerable<string> Words)[] Values =
    [
        ("--delivery", Deliveries.All.Select(d => d.Word())),
        ("--log-level", Enum.GetNames<LogLevel>().Select(l => l.ToLowerInvariant())),
    ];

    public static void Write(TextWriter output, IReadOnlyList<CommandDescription> commands)
    {
        string bareOptions = OptionWords(commands.FirstOrDefault(c => c.Name.Length == 0));
        string firstWords = Join(commands.Select(c => c.Name.Split(' ')[0]));
        output.Write(
            $$"""
            # To have it in every shell, put this line into ~/.bashrc:  eval "$(user completion bash)"
            _justhungry_user() {
              local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} typed='' word words=''
              # bash takes = for a word of its own
              if [ "$cur" = '=' ]; then cur=''; elif [ "$prev" = '=' ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
              COMPREPLY=()
              case $prev in
            {{ValueCases(commands)}}
              esac
              for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case $word in -*) break ;; esac
                typed="${typed:+$typed }$word"
              done
              case $typed in
                '') case $cur in -*) words='{{bareOptions}}' ;; *) words='{{firstWords}}' ;; esac ;;
            {{CommandCases(commands)}}
              esac
              COMPREPLY=($(compgen -W "$words" -- "$cur"))
            }
            complete -F _justhungry_user user

            """.ReplaceLineEndings("\n"));
    }

    /// <summary>What may follow an option that takes a value: its words, files, or nothing.</summary>
    private static string ValueCases(IReadOnlyList<CommandDescription> commands)
    {
        CommandOption[] options = [.. commands.SelectMany(c => c.Options).Where(o => o.Value is not null).DistinctBy(o => o.Name).OrderBy(o => o.Name, StringComparer.Ordinal)];
        string[] free = [.. options.Where(o => o.Value != Files && Values.All(v => v.Option != o.Name)).Select(o => o.Name)];
        IEnumerable<string> cases =
        [
            .. Values.Where(v => options.Any(o => o.Name == v.Option)).Select(v => $"    {v.Option}) COMPREPLY=($(compgen -W '{Join(v.Words)}' -- \"$cur\")); return ;;"),
            .. options.Where(o => o.Value == Files).Select(o => $"    {o.Name}) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;"),
            $"    {string.Join('|', free)}) return ;;",
        ];
        return string.Join('\n', cases);
    }

    private static string CommandCases(IReadOnlyList<CommandDescription> commands)
    {
        CommandDescription[] named = [.. commands.Where(c => c.Name.Length > 0).OrderByDescending(c => c.Name.Count(letter => letter == ' '))];
        IEnumerable<string> cases =
        [
            .. named.Select(c => $"    '{c.Name}'|'{c.Name} '*) words='{OptionWords(c)}' ;;"),
            .. named.Where(c => c.Name.Contains(' ')).GroupBy(c => c.Name.Split(' ')[0])
                .Where(g => named.All(c => c.Name != g.Key))
                .Select(g => $"    '{g.Key}') words='{Join(g.Select(c => c.Name.Split(' ')[1]))}' ;;"),
        ];
        return string.Join('\n', cases);
    }

    private static string OptionWords(CommandDescription? command) =>
        command is null ? "" : Join([.. command.Name == CompletionCommand.Name ? [CompletionCommand.Bash] : Array.Empty<string>(), .. command.Options.Select(o => o.Name), "--help"]);

    private static string Join(IEnumerable<string> words) => string.Join(' ', words.Where(w => w.Length > 0).Distinct());
}
