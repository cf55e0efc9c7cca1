using System.Reflection;
using CommandLine;
using CommandLine.Text;

namespace JustHungry.Protocol.Commands;

/// <summary>
/// A program's commands. It picks the command by its first words itself, because CommandLineParser runs its default verb when a verb is
/// mistyped; the package only parses the options of the command that was picked. Help goes to stdout and exits with 0, mistakes go to
/// stderr and exit with 2.
/// </summary>
/// <param name="program">As typed in a terminal.</param>
/// <param name="summary">What the program is, in a sentence.</param>
public sealed class CommandTable(string program, string summary)
{
    private const int HelpColumns = 80;

    /// <summary>Of every command that says nothing else.</summary>
    private static readonly string[] UsualExitCodes =
    [
        "Exit codes: 0 done, 1 refused or failed, 2 mistyped, 3 nobody answered and nothing",
        "was done, 4 sent and no answer came: it may have been done.",
    ];

    private readonly List<Command> _commands = [];
    private readonly List<(string Name, string Summary)> _groups = [];

    private sealed record Command(string Name, string Summary, bool TakesWords, Type Line, string? Example, Func<string[], Task<int>> Run);

    /// <summary>Adds a command; one with an empty name runs when none is named.</summary>
    /// <param name="name">One or two words.</param>
    /// <param name="usage">What follows the program and the name: <c>NAME [--json]</c>.</param>
    /// <param name="examples">Whole command lines; shown by --help.</param>
    /// <param name="parse">Turns what was typed into what is to be done, or says what is wrong with it.</param>
    /// <param name="exitCodes">Lines for --help, where they mean something else than usual.</param>
    /// <param name="takesWords">Only for the command without a name: its first argument may be any word, as in <c>server ID</c>.</param>
    public CommandTable Add<TLine>(
        string name, string usage, string commandSummary, string[] examples, Func<TLine, Typed<Act>> parse, bool takesWords = false,
        string[]? exitCodes = null)
        where TLine : CommonCommandLine
    {
        _commands.Add(new Command(
            name, commandSummary, takesWords, typeof(TLine), examples.FirstOrDefault(),
            args => ParseAndRunAsync(name, usage, commandSummary, [.. ExamplesOf(examples), .. exitCodes ?? UsualExitCodes, ""], args, parse)));
        return this;
    }

    /// <summary>
    /// Describes the two-word commands that share a first word. The program's help lists the group, and the group's help its commands.
    /// </summary>
    public CommandTable AddGroup(string name, string groupSummary)
    {
        _groups.Add((name, groupSummary));
        return this;
    }

    /// <summary>Every command with its options, for a shell that completes them.</summary>
    public IReadOnlyList<CommandDescription> Describe() =>
    [
        .. _commands.Select(c => new CommandDescription(c.Name,
        [
            .. OptionsOf(c.Line).Select(o => new CommandOption("--" + o.Option.LongName, o.Property.PropertyType == typeof(bool) ? null : o.Option.MetaValue)),
        ])),
    ];

    public async Task<int> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args is ["--version"])
        {
            Console.Out.WriteLine($"{program} {typeof(CommandTable).Assembly.GetName().Version?.ToString(3)}");
            return ExitCode.Done;
        }

        Command? bare = _commands.Find(c => c.Name.Length == 0);
        if (args is ["help", "."] && bare is not null)
            return await bare.Run(["--help"]).ConfigureAwait(false);
        if (args is ["help", .. string[] about])
            args = [.. about, "--help"];

        // "shop add" before "shop", and both before the bare program
        foreach (Command command in _commands.OrderByDescending(c => c.Name.Length))
        {
            string[] words = command.Name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && args.Take(words.Length).SequenceEqual(words))
                return await command.Run(args[words.Length..]).ConfigureAwait(false);
        }

        if (args is ["--help" or "-h", ..] && _commands.Count > 1)
        {
            WriteHelp(Console.Out, summary, _commands.Where(c => GroupOf(c) is null), _groups, program);
            return ExitCode.Done;
        }

        if (args.Length > 0 && _groups.Find(g => g.Name == args[0]) is { Name: not null } group)
            return AnswerForGroup(group.Name, group.Summary, args);

        if (bare is not null && (args.Length == 0 || args[0].StartsWith('-') || bare.TakesWords))
            return await bare.Run(args).ConfigureAwait(false);

        Console.Error.WriteLine(args.Length == 0 ? $"{program}: say what to do." : $"{program}: '{args[0]}' is not a command.{Suggest(args[0])}");
        Console.Error.WriteLine($"See '{program} --help'.");
        return ExitCode.Usage;
    }

    private int AnswerForGroup(string name, string groupSummary, string[] args)
    {
        Command[] commands = [.. _commands.Where(c => GroupOf(c) == name)];
        if (args is [_, "--help" or "-h", ..])
        {
            WriteHelp(Console.Out, groupSummary, commands, [], $"{program} {name}");
            return ExitCode.Done;
        }

        string? near = args.Length == 1 ? null : Nearest.To($"{name} {args[1]}", commands.Select(c => c.Name));
        Console.Error.WriteLine(
            args.Length == 1 ? $"{program} {name}: say what to do: {string.Join(", ", commands.Select(c => c.Name[(name.Length + 1)..]))}."
            : $"{program} {name}: '{args[1]}' is not a command.{(near is null ? "" : $" Did you mean '{near}'?")}");
        Console.Error.WriteLine($"See '{program} {name} --help'.");
        return ExitCode.Usage;
    }

    private string? GroupOf(Command command) => _groups.Find(g => command.Name.StartsWith(g.Name + " ", StringComparison.Ordinal)).Name;

    private string Suggest(string typed)
    {
        string? near = Nearest.To(typed, _commands.Where(c => c.Name.Length > 0).Select(c => c.Name).Concat(_groups.Select(g => g.Name)));
        return near is null ? "" : $" Did you mean '{near}'?";
    }

    private void WriteHelp(TextWriter to, string about, IEnumerable<Command> commands, IEnumerable<(string Name, string Summary)> groups, string caller)
    {
        to.WriteLine(about);
        to.WriteLine();
        (string Name, string Summary)[] lines = [.. commands.Select(c => (c.Name, c.Summary)), .. groups.Select(g => (g.Name + " …", g.Summary))];
        int width = lines.Max(l => l.Name.Length) + program.Length + 1;
        foreach ((string name, string text) in lines)
            to.WriteLine($"  {$"{program} {name}".PadRight(width)}  {text}");
        to.WriteLine();
        to.WriteLine("Examples:");
        foreach (string example in commands.Select(c => c.Example).OfType<string>().Where(e => e.Length + 2 <= HelpColumns))
            to.WriteLine($"  {example}");
        to.WriteLine();
        to.WriteLine(
            caller == program
                ? $"'{program} COMMAND --help' tells more about one; '{program} help .' about the bare '{program}'."
                : $"'{caller} COMMAND --help' tells more about one.");
    }

    private async Task<int> ParseAndRunAsync<TLine>(
        string name, string usage, string commandSummary, string[] postscript, string[] args, Func<TLine, Typed<Act>> parse)
        where TLine : CommonCommandLine
    {
        string full = name.Length == 0 ? program : $"{program} {name}";
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AllowMultiInstance = true;
            settings.AutoVersion = false;
        });
        ParserResult<TLine> result = parser.ParseArguments<TLine>(args is ["-h", ..] || args.Contains("--help") ? ["--help"] : args);
        if (result.Errors.Any(e => e.Tag is ErrorType.HelpRequestedError or ErrorType.HelpVerbRequestedError))
        {
            Console.Out.WriteLine(Help(result, $"{full} {usage}", commandSummary, postscript));
            return ExitCode.Done;
        }

        if (result.Value is null)
            return Mistaken(full, MistakeIn<TLine>(result.Errors, args));
        if (FindMissingValue<TLine>(args) is { } missing)
            return Mistaken(full, missing);

        Typed<Act> parsed = parse(result.Value);
        return parsed.Mistake is { } mistake ? Mistaken(full, mistake) : await parsed.Value().ConfigureAwait(false);
    }

    private static string[] ExamplesOf(string[] examples) => examples.Length == 0 ? [] : ["Examples:", .. examples.Select(e => "  " + e), ""];

    private static int Mistaken(string full, string mistake)
    {
        Console.Error.WriteLine($"{full}: {mistake}");
        Console.Error.WriteLine($"See '{full} --help'.");
        return ExitCode.Usage;
    }

    private static string Help<TLine>(ParserResult<TLine> result, string usage, string commandSummary, string[] postscript) =>
        HelpText.AutoBuild(
            result,
            h =>
            {
                h.Heading = commandSummary;
                h.Copyright = $"\nUsage: {usage}".TrimEnd();
                h.AdditionalNewLineAfterOption = false;
                h.AddDashesToOption = true;
                h.AutoVersion = false;
                h.AddPostOptionsLines(postscript);
                return h;
            },
            e => e,
            maxDisplayWidth: HelpColumns).ToString().TrimEnd();

    /// <summary>The first mistake that the package found, in a sentence.</summary>
    private static string MistakeIn<TLine>(IEnumerable<Error> errors, string[] args) => errors.First() switch
    {
        UnknownOptionError unknown => UnknownOption<TLine>(unknown.Token, args),
        MissingValueOptionError missing => $"{Dashed(missing.NameInfo)} has no value.",
        BadFormatConversionError bad => BadFormat(bad.NameInfo, args),
        MissingRequiredOptionError required => $"{Dashed(required.NameInfo)} is missing.",
        NamedError named => $"{Dashed(named.NameInfo)}: this can't be read.",
        BadFormatTokenError token => $"'{token.Token}' is no option.",
        { } other => $"this can't be read ({other.Tag}).",
    };

    private static string UnknownOption<TLine>(string token, string[] args)
    {
        string typed = args.FirstOrDefault(a => a.StartsWith("--" + token, StringComparison.Ordinal)) is not null ? "--" + token : "-" + token;
        string? near = Nearest.To("--" + token, [.. OptionsOf(typeof(TLine)).Select(o => "--" + o.Option.LongName), "--help"]);
        return $"{typed} is no option here.{(near is null ? "" : $" Did you mean {near}?")}";
    }

    private static string BadFormat(NameInfo name, string[] args)
    {
        string option = Dashed(name);
        string? typed = args.SkipWhile(a => a != option).Skip(1).FirstOrDefault() ?? args.FirstOrDefault(a => a.StartsWith(option + "=", StringComparison.Ordinal))?[(option.Length + 1)..];
        return $"{option} {typed}: expected a number.";
    }

    private static string Dashed(NameInfo name) => "--" + name.LongName;

    private static IEnumerable<(PropertyInfo Property, OptionAttribute Option)> OptionsOf(Type line) =>
        line.GetProperties()
            .Select(p => (Property: p, Option: p.GetCustomAttribute<OptionAttribute>()!))
            .Where(o => o.Option is { Hidden: false });

    /// <summary>
    /// The package silently drops an option whose value is missing, since with AllowMultiInstance every option is a list.
    /// </summary>
    private static string? FindMissingValue<TLine>(string[] args)
    {
        var takesValue = typeof(TLine).GetProperties()
            .Where(p => p.PropertyType != typeof(bool))
            .Select(p => p.GetCustomAttribute<OptionAttribute>()?.LongName)
            .OfType<string>()
            .Select(name => "--" + name)
            .ToHashSet();
        for (int i = 0; i < args.Length; i++)
        {
            if (takesValue.Contains(args[i]) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
                return $"{args[i]} has no value.";
        }

        return null;
    }
}

/// <summary>A command's name, empty for the bare program, and its options.</summary>
public sealed record CommandDescription(string Name, IReadOnlyList<CommandOption> Options);

/// <param name="Name">With its dashes.</param>
/// <param name="Value">What its value is called in help (FILE, H:P); null if it takes none.</param>
public sealed record CommandOption(string Name, string? Value);
