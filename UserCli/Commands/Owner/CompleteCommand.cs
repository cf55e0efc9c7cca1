using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary><c>user shop complete USER ORDER_ID</c>: the order was delivered. JSON: the order.</summary>
internal sealed class CompleteCommand : OwnerOptions
{
    /// <summary>Less would be a guess.</summary>
    private const int UserDigitsMin = 4;

    private const int UserDigits = 32;

    [Value(0, MetaName = "USER", HelpText = "Whose order: the user's id as 'user shop orders' shows it, or all of it.")]
    public string? UserText { get; init; }

    [Value(1, MetaName = "ORDER_ID", HelpText = "Which of the user's orders.")]
    public string? OrderIdText { get; init; }

    public Task<int> RunAsync(Terminal terminal) => CommandRun.RunAsync(this, terminal, async run =>
    {
        _ = OrderIdArgument.TryParse(OrderIdText, out int orderId);
        OwnedShop shop = ShopOf(run);
        (IReadOnlyList<UserId> users, Answer? refusal) = await FindAsync(shop, orderId, run.Cancel);
        if (users.Count > 1)
            return run.Output.Refuse("AmbiguousUser", $"Two users' ids begin with {UserText}: type more of the one that is meant, as 'user shop orders --json' shows it.");

        return await run.PrintAsync<OrderAnswer>(
            refusal ?? await shop.CompleteAsync(users[0], orderId, run.Cancel),
            (text, completed) => text.WriteLine(OwnerSentences.Completed(completed.Order)),
            (json, completed) => ShopJson.WriteOrder(json, completed.Order));
    });

    protected override string? MistakeInArguments() =>
        UserText is null || OrderIdText is null ? "say whose order, and which: user shop complete USER ORDER_ID, as 'user shop orders' shows them."
        : UserText.Length is < UserDigitsMin or > UserDigits || !UserText.All(char.IsAsciiHexDigit)
            ? $"'{UserText}' is no user id: expected its first {UserDigitsMin} to {UserDigits} hexadecimal digits, as 'user shop orders' shows them."
        : OrderIdArgument.MistakeIn("shop complete USER", OrderIdText);

    /// <summary>Whose ids begin like that and who have such an order: an active one, or else any. All of an id is taken as it is.</summary>
    private async Task<(IReadOnlyList<UserId> Users, Answer? Refusal)> FindAsync(OwnedShop shop, int orderId, CancellationToken cancel)
    {
        if (UserText!.Length == UserDigits)
            return ([new UserId(UInt128.Parse(UserText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))], null);

        foreach (bool onlyActive in (bool[])[true, false])
        {
            Answer answer = await shop.OrdersAsync(onlyActive, cancel);
            if (answer is not ShopOrdersAnswer { Orders: var orders })
                return ([], answer);

            UserId[] users =
            [
                .. orders.Where(o => o.Order.OrderId == orderId && o.User.ToString().StartsWith(UserText, StringComparison.OrdinalIgnoreCase))
                    .Select(o => o.User).Distinct(),
            ];
            if (users.Length > 0)
                return (users, null);
        }

        return ([], new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user"));
    }
}
