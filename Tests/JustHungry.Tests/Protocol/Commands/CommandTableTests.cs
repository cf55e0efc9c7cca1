using CommandLine;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Commands;

[NonParallelizable] // it redirects the console
public sealed class CommandTableTests
{
    [TestCase("run [] tip=", new string[0])]
    [TestCase("run [] tip=2", "--tip", "2")]
    [TestCase("order [] tip=1.50", "order", "--tip", "1.50")]
    [TestCase("order [apple=2,bread=1] tip=", "order", "--item", "apple=2", "--item", "bread=1")]
    [TestCase("order [apple=2,bread=1] tip=", "order", "--item", "apple=2", "bread=1")]
    [TestCase("order [] tip=2", "order", "--tip", "1", "--tip", "2")]
    [TestCase("order [] tip=-1", "order", "--tip", "-1")]
    [TestCase("shop add [] tip=", "shop", "add")]
    [TestCase("shop [] tip=", "shop")]
    public async Task The_first_words_pick_the_command_and_the_rest_are_its_options(string expected, params string[] args)
    {
        (int exit, string output, string error) = await RunAsync(Table(), args);

        (exit, output, error).Should().Be((7, expected, ""));
    }

    [TestCase("test: 'ordre' is not a command. Did you mean 'order'?", "ordre")]
    [TestCase("test: 'zzz' is not a command.", "zzz")]
    [TestCase("test order: 'extra' was not expected.", "order", "extra")]
    [TestCase("test shop: 'ad' was not expected.", "shop", "ad")]
    [TestCase("test: 'order' was not expected.", "--tip", "1", "order")]
    [TestCase("test order: tip is bad.", "order", "--tip", "bad")]
    [TestCase("test order: --bogus is no option here.", "order", "--bogus")]
    [TestCase("test order: --itm is no option here. Did you mean --item?", "order", "--itm", "apple=1")]
    [TestCase("test order: -x is no option here.", "order", "-x")]
    [TestCase("test order: --tip has no value.", "order", "--tip")]
    [TestCase("test order: --tip has no value.", "order", "--tip", "--item", "apple=1")]
    [TestCase("test order: --item has no value.", "order", "--item")]
    [TestCase("test order: --group bad group", "order", "--group", "bad group")]
    [TestCase("test: '.' is not a command.", ".", "order")]
    public async Task A_mistake_runs_nothing_and_is_named_on_stderr_with_exit_2(string expected, params string[] args)
    {
        (int exit, string output, string error) = await RunAsync(Table(), args);

        exit.Should().Be(2);
        output.Should().BeEmpty();
        error.Should().Contain(expected);
        error.TrimEnd().Split('\n').Should().HaveCountLessThanOrEqualTo(2, "a mistake is one sentence, and where to read more");
    }

    [TestCase(2, "", "test shop: say what to do: add, close.", "shop")]
    [TestCase(2, "", "test shop: 'ad' is not a command. Did you mean 'shop add'?", "shop", "ad")]
    [TestCase(2, "", "Did you mean 'shop'?", "shp")]
    [TestCase(0, "  test shop close", "", "shop", "--help")]
    [TestCase(0, "Runs the shop.", "", "help", "shop")]
    [TestCase(0, "  test shop …", "", "--help")]
    public async Task A_group_of_commands_names_its_own(int code, string inHelp, string inError, params string[] args)
    {
        CommandTable table = new CommandTable("test", "A table for tests.").AddGroup("shop", "Runs the shop.");
        foreach (string name in (string[])["order", "shop add", "shop close"])
            table.Add<WordOptions>(name, "", "Does it.", [$"test {name}"], _ => Typed.Of<Act>(() => Task.FromResult(7)));
        (int exit, string output, string error) = await RunAsync(table, args);

        exit.Should().Be(code);
        output.Contains(inHelp, StringComparison.Ordinal).Should().BeTrue(output);
        error.Contains(inError, StringComparison.Ordinal).Should().BeTrue(error);
        (await RunAsync(table, ["shop", "add"])).Exit.Should().Be(7);
    }

    [TestCase("--help")]
    [TestCase("-h")]
    [TestCase("help")]
    public async Task Help_lists_the_commands_on_stdout(params string[] args)
    {
        (int exit, string output, string error) = await RunAsync(Table(), args);

        exit.Should().Be(0);
        error.Should().BeEmpty();
        output.Should().StartWith("A table for tests.").And.Contain("test order").And.Contain("Places an order.").And.Contain("test shop add");
    }

    [TestCase("order", "--help")]
    [TestCase("order", "-h")]
    [TestCase("order", "--tip", "1", "--help")]
    [TestCase("help", "order")]
    public async Task Help_for_one_command_shows_its_usage_options_and_examples(params string[] args)
    {
        (int exit, string output, string error) = await RunAsync(Table(), args);

        exit.Should().Be(0);
        error.Should().BeEmpty();
        output.Should().StartWith("Places an order.").And.Contain("Usage: test order [--tip T]").And.Contain("--tip=T").And.Contain("--group=G")
            .And.Contain("Examples:").And.Contain("  test order --tip 1.50");
    }

    [Test]
    public async Task Help_with_a_dot_tells_of_the_bare_program()
    {
        (int exit, string output, _) = await RunAsync(Table(), "help", ".");

        exit.Should().Be(0);
        output.Should().StartWith("Runs.").And.Contain("Usage: test [--tip T]");
    }

    [Test]
    public async Task A_program_with_one_command_shows_that_ones_help()
    {
        CommandTable table = new CommandTable("server", "A server.").Add<WordOptions>(
            "", "ID", "Runs a replica.", [], o => o.Parse().Run(_ => Echo("server", o.Id)), takesWords: true);

        (int exit, string output, _) = await RunAsync(table, "--help");

        exit.Should().Be(0);
        output.Should().StartWith("Runs a replica.").And.Contain("Usage: server ID");
    }

    [Test]
    public async Task A_program_that_takes_words_takes_any()
    {
        CommandTable table = new CommandTable("server", "A server.").Add<WordOptions>(
            "", "ID", "Runs a replica.", [], o => o.Parse().Run(_ => Echo("server", o.Id)), takesWords: true);

        (await RunAsync(table, "york-b")).Output.Should().Be("server york-b");
        (await RunAsync(table, "1", "2")).Error.Should().Contain("'2' was not expected");
    }

    [Test]
    public async Task Without_a_bare_command_one_must_be_said()
    {
        CommandTable table = new CommandTable("tool", "A tool.").Add<OrderOptions>("order", "", "Places an order.", [], o => Run("order", o));

        (int exit, _, string error) = await RunAsync(table);

        exit.Should().Be(2);
        error.Should().Contain("tool: say what to do.").And.Contain("'tool --help'");
    }

    [Test]
    public async Task The_version_is_told()
    {
        (int exit, string output, _) = await RunAsync(Table(), "--version");
        exit.Should().Be(0);
        output.Should().MatchRegex(@"^test \d+\.\d+\.\d+$");
    }

    private static CommandTable Table() => new CommandTable("test", "A table for tests.")
        .Add<OrderOptions>("", "[--tip T]", "Runs.", [], o => Run("run", o))
        .Add<OrderOptions>("order", "[--tip T]", "Places an order.", ["test order --tip 1.50"], o => Run("order", o))
        .Add<OrderOptions>("shop", "", "Runs the shop.", [], o => Run("shop", o))
        .Add<OrderOptions>("shop add", "", "Adds a product.", [], o => Run("shop add", o));

    private static Typed<Act> Run(string command, OrderOptions options) => options.Parse().Run(tip => Echo(command, $"[{string.Join(',', options.Items)}] tip={tip}"));

    private static Task<int> Echo(string command, string? said)
    {
        Console.Out.Write($"{command} {said}");
        return Task.FromResult(7);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(CommandTable table, params string[] args)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using var toOutput = new StringWriter();
        using var toError = new StringWriter();
        Console.SetOut(toOutput);
        Console.SetError(toError);
        try
        {
            return (await table.RunAsync(args), toOutput.ToString(), toError.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    private sealed class OrderOptions : CommonCommandLine
    {
        [Option("tip", MetaValue = "T")]
        public string? Tip { get; init; }

        [Option("item", MetaValue = "I")]
        public IEnumerable<string> Items { get; init; } = [];

        public Typed<string?> Parse() =>
            from _ in ParseGroup()
            from tip in Tip == "bad" ? new Wrong("tip is bad.") : Typed.Of(Tip)
            select tip;
    }

    private sealed class WordOptions : CommonCommandLine
    {
        [Value(0, MetaName = "ID")]
        public string? Id { get; init; }

        public Typed<string> Parse() => ParseGroup();
    }
}
