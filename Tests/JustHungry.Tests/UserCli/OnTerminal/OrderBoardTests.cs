using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Commands.Owner;
using JustHungry.UserCli.Connection;
using NUnit.Framework;
using Spectre.Console.Testing;

namespace JustHungry.Tests.UserCli.OnTerminal;

/// <summary>What 'user shop orders --watch' shows on a terminal.</summary>
public sealed class OrderBoardTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_359_845 + (12 * 60));

    [Test]
    public void The_oldest_orders_come_first_and_the_rest_is_counted()
    {
        string[] shown = Draw([.. Enumerable.Range(1, 9).Select(i => OrderOf(i, [new("apple", i, new Pence(199))]))], 80, 24);
        shown.Length.Should().BeLessThan(24);
        shown[0].Should().StartWith("9 orders · ").And.EndWith(" · ctrl-C ends");
        shown[2].Should().StartWith("00000000 1  waits 12 min, since ");
        shown[3].Should().Be("    1 × apple");
        shown[^1].Should().MatchRegex("^… [0-9] more$");
        shown.Should().AllSatisfy(line => line.Length.Should().BeLessThan(80));
    }

    [Test]
    public void What_to_cook_is_wrapped_and_not_cut_off()
    {
        OrderLine[] lines = [.. Enumerable.Range(0, 12).Select(i => new OrderLine("some product " + i, 10, new Pence(1)))];
        string[] shown = Draw([OrderOf(1, lines)], 80, 40);
        string.Join(' ', shown.Select(l => l.Trim())).Should().ContainAll(lines.Select(l => "10 × " + l.Product));
        shown.Should().AllSatisfy(line => line.Length.Should().BeLessThan(80));
    }

    [Test]
    public void An_empty_board_says_so()
    {
        Draw([], 80, 24)[0].Should().StartWith("There is nothing to cook. · ");
    }

    [Test]
    public void What_holds_an_answer_up_stands_on_the_board_until_it_is_over()
    {
        using var console = new TestConsole();
        var board = new OrderBoard(console, "nothing", TimeProvider.System);
        board.TryingAgain(new FailedTry(AttemptFailure.ConnectionLost, WasConnected: true, Retry: 1, Retries: 5, "reset"));
        Draw([], 80, 24, board)[1].Should().Be("The shop is moving to another server… try 1 of 5, ctrl-C leaves");
        board.Recovered();
        Draw([], 80, 24, board).Should().HaveCount(1);
    }

    private static string[] Draw(IReadOnlyList<ShopOrder> orders, int columns, int rows, OrderBoard? board = null)
    {
        using var console = new TestConsole();
        console.Profile.Width = columns;
        console.Profile.Height = rows;
        board ??= new OrderBoard(console, "There is nothing to cook.", TimeProvider.System);
        console.Write(board.Draw(orders, Now, columns, rows));
        return [.. console.Output.TrimEnd('\n').Split('\n').Select(l => l.TrimEnd())];
    }

    private static ShopOrder OrderOf(int number, OrderLine[] lines) => new(
        new OrderNumber((ulong)number), new UserId((UInt128)number), new CustomerDetails("Ada", "King", "020-7946", "SW1A 1AA", "12 St James's Square"),
        new Order(number, OrderStatus.Active, Delivery.NextDay, Pence.Zero, new Pence(498), lines, Now.ToUnixTimeSeconds() - (12 * 60)));
}
