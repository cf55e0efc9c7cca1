using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Text;

/// <summary>What people are told, in the same words in menus, commands and JSON.</summary>
internal static class Sentences
{
    /// <param name="reason">
    /// What went wrong, with the address. Said before the immediate attempt, together with where to look meanwhile.
    /// </param>
    public static string TryingAgain(AttemptFailure failure, bool wasConnected, int retry, int retries, string reason)
    {
        string what = failure switch
        {
            AttemptFailure.TooFewReplicas => "too few servers are running to take orders safely",
            AttemptFailure.Overloaded => "the shop is very busy",
            AttemptFailure.NoAnswer => "no answer",
            _ => wasConnected ? "connection lost" : "the shop can't be reached",
        };
        return retry > 0 ? $"{what}, trying again ({retry} of {retries})…"
            : failure == AttemptFailure.NotConnected && !wasConnected ? $"{what}: {reason.TrimEnd('.')}. {IsItThere} Trying again…"
            : $"{what}, trying again…";
    }

    public static string NobodyThere(string reason) => $"The shop can't be reached: {reason.TrimEnd('.')}. {IsItThere}";

    private const string IsItThere = "Is the address right (--name-server H:P, or --front-end H:P), and is the shop open?";

    /// <summary>The same for a line that is animated while it lasts.</summary>
    public static string Reconnecting(AttemptFailure failure, bool wasConnected, int retry, int retries)
    {
        string what = failure switch
        {
            AttemptFailure.TooFewReplicas => "Too few servers are running to take orders safely",
            AttemptFailure.Overloaded => "The shop is very busy",
            _ => wasConnected ? "The shop is moving to another server" : "The shop can't be reached",
        };
        return retry == 0 ? $"{what}… ctrl-C leaves" : $"{what}… try {retry} of {retries}, ctrl-C leaves";
    }

    public const string StillWaiting = "Waiting for the shop, which may be moving to another server… ctrl-C leaves";

    public const string Recovered = "connected again.";

    /// <param name="reason">What went wrong at the last attempt, with the address.</param>
    public static string GaveUp(AttemptFailure failure, string reason, bool isUpdate, int exitCode)
    {
        string what = failure switch
        {
            AttemptFailure.TooFewReplicas => "The shop has too few servers running to take orders safely.",
            AttemptFailure.Overloaded => "The shop is too busy.",
            _ => $"The shop can't be reached: {reason.TrimEnd('.')}.",
        };
        return exitCode == ExitCode.OutcomeUnknown ? $"{what} What became of your request is not known yet: {AskedAgain}"
            : isUpdate ? $"{what} Nothing was sent; try again later."
            : $"{what} Try again later.";
    }

    public const string AskedAgain = "it is kept and asked again by 'user resume', the menus, or your next order, and never done twice.";

    public static string Interrupted(UpdateInFlight update) =>
        $"Interrupted before an answer came. What became of {The(update)} is not known yet: {AskedAgain}";

    /// <summary>An update in flight is meant for another shop, and is in the way of any update here.</summary>
    public static string OtherShop(UpdateInFlight update, ShopAddress at)
    {
        string elsewhere = update.Door is { } other && other != at.Door ? $", with the --name-server or --front-end {other}," : "";
        string cure = update.Group == at.Group && elsewhere.Length == 0
            ? $"Another shop answers at {at} now. If it was restored from a copy, or begun anew, 'user resume --switch-shop' asks this one"
            : $"Run 'user resume --group {update.Group}'{elsewhere} first";
        return $"{Capital(The(update))}, for the shop '{update.Group}', still waits for its answer; nothing else was sent. {cure} " +
            "('user resume --forget' gives up knowing what became of it).";
    }

    /// <summary>The shop that answers at the address is not the one that the profile knows there.</summary>
    public static string OtherShop(ShopAddress at, ClusterId met) =>
        $"Another shop answers at {at} than the one that this profile knows there ({met} now): nothing was sent. If it was restored from a copy, " +
        "or begun anew, say --switch-shop once.";

    public static string HadWaited(UpdateInFlight update) =>
        $"{Capital(The(update))} still waited for its answer: this is it, and it was not asked for twice. For another one say --again.";

    public const string DoneAllTheSame = "The shop has done what you asked for: see it with 'user orders' (the owner: 'user shop orders', 'user products').";

    /// <param name="path">As the user named it.</param>
    public static string NewPerson(string path) =>
        $"There was no profile {path}: it was made just now, for a new person, who has no orders. If you have ordered before, give the --profile that you ordered with.";

    public static string NotSaved(string reason) =>
        $"The answer stands, but it could not be noted: {reason.TrimEnd('.')}. The same will be asked again, and not done twice.";

    /// <summary>Nothing was sent, but the update is still in the profile and will be sent.</summary>
    public static string NotForgotten(string reason) => $"{reason.TrimEnd('.')}. What became of your request is not known: {AskedAgain}";

    /// <summary>What became of an update that was asked again.</summary>
    public static string CameOf(UpdateInFlight update, Answer answer) => answer switch
    {
        OrderAnswer placed when update.Kind == RequestKind.PlaceOrder =>
            $"Your earlier {update.Words} was placed: order {placed.Order.OrderId}, {placed.Order.Total} in all.",
        OrderAnswer cancelled => $"Your earlier {update.Words} is done: order {cancelled.Order.OrderId} is {cancelled.Order.Status.ToString().ToLowerInvariant()}.",
        ProductAnswer done => $"Your earlier {update.Words} is done: {OwnerSentences.OnSale(done.Product)}",
        OwnerKeyAnswer => $"Your earlier {update.Words} is done: run 'user shop rotate-key' once more, to give the new key's file its name.",
        DetailsAnswer => $"Your earlier {update.Words} is done: they are saved.",
        RefusalAnswer { Reason: AnswerCode.Expired } =>
            $"What became of your earlier {update.Words} can't be told any more: see your order history.",
        RefusalAnswer refusal => $"Your earlier {update.Words} was not done: {refusal.Message()}",
        _ => throw new InvalidOperationException($"{answer.Code} is no answer to an update"),
    };

    /// <summary>For a refusal, what to do next, if a command helps.</summary>
    public static string? Hint(RefusalAnswer refusal) => refusal.Reason switch
    {
        AnswerCode.UnknownUser => "Give your details with 'user details --first-name … --last-name … --phone … --postcode … --address …'.",
        AnswerCode.CustomersFull => "Whoever runs the shop starts its servers with a higher --max-customers.",
        AnswerCode.UnknownProduct or AnswerCode.LowStock => "See what there is with 'user products'.",
        AnswerCode.UnknownOrder when refusal.Field is not null => "See them with 'user shop orders'.",
        AnswerCode.UnknownOrder or AnswerCode.Expired => "See your orders with 'user orders'.",
        AnswerCode.NotOwner => "The log of the shop's first server says where the owner's key is.",
        AnswerCode.PriceChanged => "See the prices with 'user cost --item NAME=QTY'.",
        _ => null,
    };

    public static string DidYouMean(string? near) => near is null ? "" : $" Did you mean '{near}'?";

    /// <summary><c>2 × apple, 1 × bread</c>.</summary>
    public static string Items(IEnumerable<CartLine> lines) => string.Join(", ", lines.Select(l => $"{l.Quantity} × {l.Product}"));

    public static string Items(IEnumerable<OrderLine> lines) => Items(lines.Select(l => new CartLine(l.Product, l.Quantity)));

    public static string WillCost(Delivery delivery, Pence tip, Pence total) =>
        $"The total is {total}, with delivery {delivery.Description()} ({delivery.Price()}) and a tip of {tip}.";

    public static string OrderOf(IReadOnlyList<CartLine> lines) => "order of " + Items(lines);

    public static string CancellationOf(int orderId) => $"cancellation of order {orderId}";

    public const string ChangeOfDetails = "change of details";

    private static string The(UpdateInFlight update) => "your " + update.Words;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
