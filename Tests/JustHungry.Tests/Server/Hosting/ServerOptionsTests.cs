using FluentAssertions;
using JustHungry.Protocol.Commands;
using JustHungry.Server.Hosting;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Hosting;

[NonParallelizable] // it sets a variable of the process
internal sealed class ServerOptionsTests
{
    private const string Variable = "JUSTHUNGRY_MAX_CUSTOMERS";

    [TearDown]
    public void Unset() => Environment.SetEnvironmentVariable(Variable, null);

    [TestCase(null, null, 1_000_000)]
    [TestCase("7", null, 7)]
    [TestCase(null, "8", 8)]
    [TestCase("7", "8", 7)]
    public void The_most_customers_come_from_the_option_else_from_the_variable(string? option, string? variable, int customers)
    {
        Environment.SetEnvironmentVariable(Variable, variable);
        Parse(option).Value.Shop.CustomersMax.Should().Be(customers);
    }

    [TestCase("0", null, "--max-customers 0:")]
    [TestCase("many", null, "--max-customers many:")]
    [TestCase(null, "-1", Variable + " -1:")]
    public void Nonsense_is_named(string? option, string? variable, string named)
    {
        Environment.SetEnvironmentVariable(Variable, variable);
        Parse(option).Mistake.Should().StartWith(named);
    }

    private static Typed<ServerOptions> Parse(string? customers) =>
        new ServerCommandLine { IdText = "1", Postcodes = "offline", MaxCustomersText = customers }.Parse();
}
