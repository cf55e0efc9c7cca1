using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli;
using JustHungry.UserCli.Text;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

/// <summary>An output on a full disk, and a profile that is not where somebody says it is.</summary>
internal sealed class UnwritableOutputTests
{
    [Test]
    public async Task A_question_whose_answer_can_not_be_written_fails_by_the_output()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (int code, string error) = await RunAsync(fixture, new FullDisk(), "products");
        (code, error).Should().Be((ExitCode.Refused, "The output can't be written: No space left on device.\n"));
    }

    [Test]
    public async Task An_order_that_was_placed_is_not_called_refused_for_its_output()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        fixture.World.Details = new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
        (int code, string error) = await RunAsync(fixture, new FullDisk(), "order", "--item", "apple=1", "--delivery", "same-day");
        code.Should().Be(ExitCode.OutcomeUnknown);
        error.Should().Contain("can't be written").And.Contain("has done what you asked for");
        fixture.World.Orders.Should().ContainSingle();
    }

    [Test]
    public async Task Who_mistypes_a_profile_is_told_that_it_makes_a_new_person()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        (int code, string error) = await RunAsync(fixture, TextWriter.Null, "orders");
        (code, error).Should().Be((ExitCode.Done, Sentences.NewPerson(fixture.ProfilePath) + "\n"));
        (await RunAsync(fixture, TextWriter.Null, "orders")).Error.Should().BeEmpty("it is there now");
    }

    private static async Task<(int Code, string Error)> RunAsync(ShopFixture fixture, TextWriter output, params string[] args)
    {
        using var error = new StringWriter { NewLine = "\n" };
        string[] where = ["--name-server", fixture.FrontEnd.NameServer.ToString(), "--profile", fixture.ProfilePath];
        if (output is FullDisk)
            await fixture.ProfileAsync();
        int code = await UserProgram.RunAsync([.. args, .. where], new Terminal(TextReader.Null, new AnswerWriter(output), error));
        return (code, error.ToString());
    }

    private sealed class FullDisk : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");
    }
}
