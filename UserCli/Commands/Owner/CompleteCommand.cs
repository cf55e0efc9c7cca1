using System.Globalization;
using CommandLine;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary><c>user shop complete USER ORDER_ID</c>: the order was delivered. JSON: the order.</summary>
internal sealed class CompleteCommand : OwnerCommandLine
{
    /// <summary>Fewer digits of a user's id would be a guess.</summary>
    private const int UserDigitsMin = 4;

    private const int UserDigits = 32;

    [Value(0, MetaName = "USER", HelpText = "Whose order: the user's id as 'user shop orders' shows it, or all of it.")]
    public string? UserText { get; init; }

    [Value(1, MetaName = "ORDER_ID", HelpText = "Which of the user's orders.")]
    public string? OrderIdText { get; init; }

    public Typed<Act> Parse(Terminal terminal) =>
        from owner in ParseOwner()
        from user in ParseUser()
        from orderId in OrderIdArgument.Parse("shop complete USER", OrderIdText)
        select CommandRun.Of(owner.Shop, terminal, run => CompleteAsync(run, owner.ShopOf(run), user, orderId));

    private static async Task<int> CompleteAsync(CommandRun run, OwnedShop shop, string user, int orderId)
    {
        (IReadOnlyList<UserId> users, Answer? refusal) = await FindAsync(shop, user, orderId, run.Cancel);
        if (users.Count > 1)
            return run.Output.Refuse("AmbiguousUser", $"Two users' ids begin with {user}: type more of the one that is meant, as 'user shop orders --json' shows it.");

        return await run.PrintAsync<OrderAnswer>(
            refusal ?? await shop.CompleteAsync(users[0], orderId, run.Cancel),
            (text, completed) => text.WriteLine(OwnerSentences.Completed(completed.Order)),
            (json, completed) => ShopJson.WriteOrder(json, completed.Order));
    }

    private Typed<string> ParseUser() =>
        UserText is null || OrderIdText is null ? new Wrong("say whose order, and which: user shop complete USER ORDER_ID, as 'user shop orders' shows them.")
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
