using JustHungry.Protocol.Commands;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary><c>user shop complete USER ORDER_ID</c>: the order was delivered.</summary>
internal sealed class CompleteCommand : OrderOfUserCommandLine
{
    public Typed<Act> Parse(Terminal terminal) =>
        Parse(terminal, "complete", (shop, user, orderId, cancel) => shop.CompleteAsync(user, orderId, cancel), OwnerSentences.Completed);
}

/// <summary><c>user shop cancel USER ORDER_ID</c>: the order can't be made; its stock is given back.</summary>
internal sealed class CancelForUserCommand : OrderOfUserCommandLine
{
    public Typed<Act> Parse(Terminal terminal) =>
        Parse(terminal, "cancel", (shop, user, orderId, cancel) => shop.CancelAsync(user, orderId, cancel), OwnerSentences.CancelledForUser);
}
