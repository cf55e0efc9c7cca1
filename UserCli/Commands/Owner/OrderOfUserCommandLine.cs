using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>What the owner's commands for one order share: whose order it is, and which. JSON: the order as it is now.</summary>
internal abstract class OrderOfUserCommandLine : OwnerCommandLine
{
    /// <summary>Fewer digits of a user's id would be a guess.</summary>
    private const int UserDigitsMin = 4;

    private const int UserDigits = 32;

    [Value(0, MetaName = "USER", HelpText = "Whose order: the user's id as 'user shop orders' shows it, or all of it.")]
    public string? UserText { get; init; }

    [Value(1, MetaName = "ORDER_ID", HelpText = "Which of the user's orders.")]
    public string? OrderIdText { get; init; }

    /// <param name="name">The command's last word.</param>
    protected Typed<Act> Parse(
        Terminal terminal, string name, Func<OwnedShop, UserId, int, CancellationToken, Task<Answer>> change, Func<Order, string> sentence) =>
        from owner in ParseOwner()
        from user in ParseUser(name)
        from orderId in OrderIdArgument.Parse($"shop {name} USER", OrderIdText)
        select CommandRun.Of(owner.Shop, terminal, async run =>
        {
            OwnedShop shop = owner.ShopOf(run);
            (IReadOnlyList<UserId> users, Answer? refusal) = await FindAsync(shop, user, orderId, run.Cancel);
            if (users.Count > 1)
                return run.Output.Refuse("AmbiguousUser", $"Two users' ids begin with {user}: type more of the one that is meant, as 'user shop orders --json' shows it.");

            return await run.PrintAsync<OrderAnswer>(
                refusal ?? await change(shop, users[0], orderId, run.Cancel),
                (text, changed) => text.WriteLine(sentence(changed.Order)),
                (json, changed) => ShopJson.WriteOrder(json, changed.Order));
        });

    private Typed<string> ParseUser(string name) =>
        UserText is null || OrderIdText is null ? new Wrong($"say whose order, and which: user shop {name} USER ORDER_ID, as 'user shop orders' shows them.")
        : UserText.Length is < UserDigitsMin or > UserDigits || !UserText.All(char.IsAsciiHexDigit)
            ? new Wrong($"'{UserText}' is no user id: expected its first {UserDigitsMin} to {UserDigits} hexadecimal digits, as 'user shop orders' shows them.")
        : UserText;

    /// <summary>
    /// Finds the users whose ids begin with these digits and who have an order with this id: an active one, or else any. A complete user
    /// id is taken as it is.
    /// </summary>
    private static async Task<(IReadOnlyList<UserId> Users, Answer? Refusal)> FindAsync(OwnedShop shop, string user, int orderId, CancellationToken cancel)
    {
        if (user.Length == UserDigits)
            return ([new UserId(UInt128.Parse(user, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))], null);

        foreach (bool onlyActive in (bool[])[true, false])
        {
            Answer answer = await shop.OrdersAsync(onlyActive, cancel);
            if (answer is not ShopOrdersAnswer { Orders: var orders })
                return ([], answer);

            UserId[] users =
            [
                .. orders.Where(o => o.Order.OrderId == orderId && o.User.ToString().StartsWith(user, StringComparison.OrdinalIgnoreCase))
                    .Select(o => o.User).Distinct(),
            ];
            if (users.Length > 0)
                return (users, null);
        }

        return ([], new RefusalAnswer(AnswerCode.UnknownOrder, Field: "user"));
    }
}
