using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.UserCli.Support;
using JustHungry.UserCli;
using JustHungry.UserCli.Client;
using NUnit.Framework;

namespace JustHungry.Tests.UserCli;

[NonParallelizable] // the command table writes its mistakes to the process's console
public sealed class PhoneNumberTests
{
    [TestCase("020-7946-0000", "020-7946-0000")]
    [TestCase(" 020 7946 0000 ", "020-7946-0000")]
    [TestCase("+44 7700 900123", "0044-7700-900123")]
    [TestCase("+44 (0)20 7946 0000", "0044-20-7946-0000")]
    [TestCase("(020) 7946.0000", "020-7946-0000")]
    [TestCase("call me", "call-me")]
    public void Numbers_as_people_write_them_become_digits_and_hyphens(string typed, string expected)
    {
        PhoneNumber.Normalise(typed).Should().Be(expected);
        CustomerDetails.IsValid(DetailsField.Phone, expected).Should().Be(char.IsAsciiDigit(expected[0]));
    }

    [Test]
    public async Task One_detail_alone_is_changed_and_the_others_stay()
    {
        await using ShopFixture fixture = await ShopFixture.StartAsync();
        var ada = new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square");
        fixture.World.Details = ada;

        int exit = await UserProgram.RunAsync(
            ["details", "--phone", "+44 7700 900123", "--profile", fixture.ProfilePath, "--name-server", fixture.FrontEnd.NameServer.ToString()],
            new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null));

        exit.Should().Be(ExitCode.Done);
        fixture.World.Details.Should().Be(ada with { Phone = "0044-7700-900123" });
    }
}
