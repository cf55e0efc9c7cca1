using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Fuzzing;
using JustHungry.Tests.UserCli.Support;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>The real executable: what a shell sees of it.</summary>
[Category("Slow")]
[SideBySide]
public sealed partial class UserProcessTests
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int DeadlineMs = 20_000;

    private static readonly CustomerDetails Ada = new("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
    private static readonly string[] OrderOneApple = ["order", "--item", "apple=1", "--delivery", "next-day", "--json"];

    [TestCase(0, "--help")]
    [TestCase(0, "order", "--help")]
    [TestCase(2, "ordr")]
    [TestCase(2, "order")]
    [TestCase(2, "order", "--item", "apple", "--delivery", "same-day")]
    [TestCase(2, "order", "--item", "apple=0", "--delivery", "same-day")]
    [TestCase(2, "order", "--item", "apple=-1", "--delivery", "same-day")]
    [TestCase(2, "order", "--item", "apple=9999999999", "--delivery", "same-day")]
    [TestCase(2, "order", "--item", "apple=6000", "--item", "apple=6000", "--delivery", "same-day")]
    [TestCase(2, "order", "--item", "apple=1", "--delivery", "tomorrow")]
    [TestCase(2, "order", "--item", "apple=1", "--delivery", "same-day", "--tip", "-1")]
    [TestCase(2, "order", "--item", "apple=1", "--delivery", "same-day", "--expect-total", "1.234")]
    [TestCase(2, "details", "--first-nam", "Ada")]
    [TestCase(2, "cancel")]
    [TestCase(2, "cancel", "x")]
    [TestCase(2, "cancel", "3", "4")]
    [TestCase(2, "reorder")]
    [TestCase(2, "reorder", "0", "--delivery", "same-day")]
    [TestCase(2, "reorder", "1")]
    [TestCase(2, "reorder", "1", "--json")]
    [TestCase(2, "reorder", "1", "--tip", "1")]
    [TestCase(2, "reorder", "1", "--delivery", "tomorrow")]
    [TestCase(2, "shop")]
    [TestCase(0, "shop", "--help")]
    [TestCase(0, "shop", "orders", "--help")]
    [TestCase(2, "shop", "ordrs")]
    [TestCase(2, "shop", "orders")]
    [TestCase(2, "shop", "orders", "--owner-key-file", "/nowhere/owner-key")]
    [TestCase(2, "completion")]
    [TestCase(2, "completion", "fish")]
    [TestCase(0, "completion", "bash")]
    [TestCase(2, "products", "--retries", "-1")]
    [TestCase(2, "products", "--retry-interval", "NaN")]
    [TestCase(2, "products", "--name-server", "nowhere")]
    [TestCase(2, "products", "--front-end", "nowhere")]
    [TestCase(2, "products", "--front-end", "127.0.0.1:1,")]
    [TestCase(2, "products", "--front-end", "127.0.0.1:1", "--name-server", "127.0.0.1:1")]
    [TestCase(2, "products", "--colour")]
    public async Task A_command_line_is_checked_before_anything_is_done(int code, params string[] args)
    {
        using var home = new TemporaryDirectory();
        (int exit, string output, string error) = await RunAsync(home, "127.0.0.1:1", args);
        exit.Should().Be(code, error);
        (code == 0 ? error : output).Should().BeEmpty();
        (code == 0 ? output : error).Should().NotBeEmpty().And.NotContain("   at ");
        Directory.GetFileSystemEntries(home.Path).Should().BeEmpty("no profile is made for a mistake");
    }

    [Test]
    public async Task A_session_through_a_pipe_and_the_commands_after_it_are_one_user()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        (int exit, string shown, string error) = await RunAsync(fixture, [], "1\nyes\napple\n2\ndone\nyes\nsame-day\nno\nquit\n");
        (exit, error).Should().Be((ExitCode.Done, ""));
        shown.Should().ContainInOrder("Order 1 is placed: same day, £4.98 in all.", "Goodbye.");

        (exit, string json, _) = await RunAsync(fixture, ["orders", "--json"]);
        exit.Should().Be(ExitCode.Done);
        json.Should().StartWith("[{\"orderId\":1,");
        fixture.World.Received.Select(r => r.User).Distinct().Should().HaveCount(1);
    }

    [Test]
    public async Task Exit_codes_of_a_refusal_and_of_nobody_there()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (await RunAsync(fixture, OrderOneApple)).Exit.Should().Be(ExitCode.Refused);
        fixture.FrontEnd.RefusesHellos = true;
        (await RunAsync(fixture, [.. OrderOneApple, "--retries", "1", "--retry-interval", "0.05"])).Exit.Should().Be(ExitCode.Unavailable);
        (await RunAsync(fixture, ["products", "--retries", "0"])).Exit.Should().Be(ExitCode.Unavailable);
    }

    [Test]
    public async Task The_end_of_input_at_the_menu_exits_0()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (await RunAsync(fixture, [])).Exit.Should().Be(ExitCode.Done);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task Ctrl_C_at_the_menu_exits_0()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        using Process user = Start(fixture.Directory, fixture.FrontEnd.NameServer.ToString(), []);
        string? line;
        do
            line = await user.StandardOutput.ReadLineAsync();
        while (line is not null && !line.Contains("5. order again", StringComparison.Ordinal));
        _ = Kill(user.Id, SigInt);
        await EndAsync(user);
        user.ExitCode.Should().Be(ExitCode.Done);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task Ctrl_C_while_an_order_waits_for_its_answer_exits_4_and_the_next_run_places_it_once()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.FrontEnd.Faults.Enqueue(Fault.Silence);
        using Process user = Start(fixture.Directory, fixture.FrontEnd.NameServer.ToString(), OrderOneApple);
        await Eventually.True(() => !fixture.FrontEnd.Seen.IsEmpty);
        _ = Kill(user.Id, SigInt);
        string json = await user.StandardOutput.ReadToEndAsync();
        await EndAsync(user);
        user.ExitCode.Should().Be(ExitCode.OutcomeUnknown);
        json.Should().StartWith("{\"error\":\"OutcomeUnknown\"").And.Contain("asked again");

        (await RunAsync(fixture, ["resume"])).Should().Be((0, "Your earlier order of 1 × apple was placed: order 1, £1.99 in all.\n", ""));
        fixture.World.Orders.Should().HaveCount(1);
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public async Task A_client_killed_in_the_middle_of_an_order_asks_again_under_the_same_ids()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = Ada;
        fixture.FrontEnd.Faults.Enqueue(Fault.Silence);
        using Process user = Start(fixture.Directory, fixture.FrontEnd.NameServer.ToString(), OrderOneApple);
        await Eventually.True(() => !fixture.FrontEnd.Seen.IsEmpty);
        _ = Kill(user.Id, SigKill);
        await EndAsync(user);

        (int exit, _, string error) = await RunAsync(fixture, OrderOneApple);
        exit.Should().Be(ExitCode.Done);
        error.Should().StartWith("Your order of 1 × apple still waited for its answer").And.Contain("--again");
        fixture.FrontEnd.Seen.Distinct().Should().HaveCount(1);
        fixture.World.Orders.Should().HaveCount(1, "typed again, it is the same order");
        (exit, _, error) = await RunAsync(fixture, OrderOneApple);
        (exit, error).Should().Be((ExitCode.Done, ""));
        fixture.World.Received.Where(r => r.Kind == RequestKind.PlaceOrder).Select(r => r.Sequence.Value).Should().Equal(1UL, 2UL);
    }

    [Test]
    public async Task A_front_end_that_answers_with_anything_at_all_makes_a_command_fail_with_a_sentence()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        int seed = Environment.TickCount;
        byte[][] hostile = [[], [0xC1], [0xC6, 0xFF, 0xFF, 0xFF, 0xFF], [0x92, 0x03, 0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [.. Enumerable.Repeat((byte)0x91, 5_000)]];
        for (int i = 0; i < 15; i++)
        {
            var random = new Random(seed + i);
            fixture.FrontEnd.Damage = answer => i < hostile.Length ? hostile[i] : Mutator.Mutate(random, answer);

            (int exit, string output, string error) = await RunAsync(fixture, ["products", "--json", "--retries", "1", "--retry-interval", "0.1"]);

            string what = $"answer {i}, seed {seed + i}";
            exit.Should().BeOneOf([ExitCode.Done, ExitCode.Refused, ExitCode.Unavailable], what);
            (output + error).Should().NotBeEmpty(what).And.NotContain("   at ", what).And.NotContain("Unhandled", what);
            (i < hostile.Length && exit == ExitCode.Done).Should().BeFalse(what);
        }
    }

    [Test]
    public async Task Front_ends_can_be_named_in_place_of_the_name_server()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (await RunAsync(fixture.Directory, "127.0.0.1:1", ["products", "--front-end", $"127.0.0.1:1, {fixture.FrontEnd.Endpoint}"])).Exit.Should().Be(ExitCode.Done);
    }

    private static Task<(int Exit, string Out, string Error)> RunAsync(ShopFixture fixture, string[] args, string typed = "") =>
        RunAsync(fixture.Directory, fixture.FrontEnd.NameServer.ToString(), args, typed);

    private static async Task<(int Exit, string Out, string Error)> RunAsync(TemporaryDirectory home, string nameServer, string[] args, string typed = "")
    {
        using Process user = Start(home, nameServer, args);
        await user.StandardInput.WriteAsync(typed);
        user.StandardInput.Close();
        Task<string> output = user.StandardOutput.ReadToEndAsync();
        Task<string> error = user.StandardError.ReadToEndAsync();
        await EndAsync(user);
        return (user.ExitCode, (await output).ReplaceLineEndings("\n"), (await error).ReplaceLineEndings("\n"));
    }

    private static Process Start(TemporaryDirectory home, string nameServer, string[] args)
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "user.exe" : "user");
        var start = new ProcessStartInfo(program, args) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Home.Variable] = home.Path;
        start.Environment[NameServerOptions.NameServerVariable] = nameServer;
        return ForegroundProcess.Start(start);
    }

    private static async Task EndAsync(Process user)
    {
        using var deadline = new CancellationTokenSource(DeadlineMs);
        try
        {
            await user.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            user.Kill();
            Assert.Fail($"still running after {DeadlineMs} ms");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
