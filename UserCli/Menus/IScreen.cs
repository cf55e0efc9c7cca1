using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Client;
using JustHungry.UserCli.Connection;

namespace JustHungry.UserCli.Menus;

/// <summary>
/// What the flows show and ask, without saying how. Every question may throw <see cref="EndOfInputException"/> (ctrl-D, or the end
/// of a pipe), <see cref="BackException"/> (esc; in a pipe <c>back</c>), or OperationCanceledException (ctrl-C).
/// </summary>
internal interface IScreen : IClientNotices
{
    /// <summary>
    /// A person answers, and not a script, which relies on the questions as they are: so an order is confirmed once and last.
    /// </summary>
    bool IsForPerson => false;

    void Say(string sentence);

    void ShowDetails(CustomerDetails details);

    void ShowProducts(IReadOnlyList<Product> products);

    /// <summary>Called after every change of the cart.</summary>
    void ShowCart(Cart cart, IReadOnlyList<Product> products);

    /// <summary>The review: the lines and what they cost.</summary>
    void ShowCost(CostAnswer cost);

    /// <summary>What is about to be placed.</summary>
    void ShowBill(Bill bill);

    void ShowReceipt(Order order);

    void ShowOrders(IReadOnlyList<Order> orders);

    /// <summary>How many orders a person sees at once; null if the output is read by scrolling.</summary>
    int? OrdersAtOnce => null;

    /// <summary>Asks for one of a few choices.</summary>
    Task<T> ChooseAsync<T>(string question, IReadOnlyList<Choice<T>> choices, CancellationToken cancel);

    Task<bool> ConfirmAsync(string question, CancellationToken cancel);

    /// <summary>Asks for a text until <paramref name="mistakeIn"/> finds nothing wrong with it.</summary>
    /// <param name="current">The answer if nothing is typed; null if something must be typed.</param>
    /// <param name="mistakeIn">What is wrong with the text, in a sentence; null if nothing is.</param>
    Task<string> AskAsync(string question, string? current, Func<string, string?> mistakeIn, CancellationToken cancel);

    Task<ProductPick> PickProductAsync(IReadOnlyList<Product> products, Cart cart, CancellationToken cancel);

    /// <summary>Asks how many of the product that was just picked are to be in the cart; 0 takes it out.</summary>
    Task<int> AskQuantityAsync(Product product, IReadOnlyList<Product> products, Cart cart, CancellationToken cancel);

    /// <summary>Asks for one of the orders, of which there is at least one, the newest first; null if the user wants none of them.</summary>
    Task<Order?> PickOrderAsync(OrderQuestion question, IReadOnlyList<Order> orders, CancellationToken cancel);

    /// <summary>Called at the end, however it came. Nothing moves on the screen afterwards.</summary>
    void Close();
}

/// <summary>One entry of a menu.</summary>
/// <param name="Word">What a script types, if not the label.</param>
/// <param name="IsWayOut">
/// The way back: shown last on a terminal, where nobody types numbers. Scripts do, so in the plain menus an entry keeps its number for
/// ever, and new ones come last.
/// </param>
internal sealed record Choice<T>(string Label, T Value, string? Word = null, bool IsWayOut = false);

/// <summary>The words of a question about orders: <c>cancel</c> one <c>active order</c>, or <c>keep them</c>.</summary>
internal sealed record OrderQuestion(string Act, string Noun, string Back);

/// <summary>What an order will cost, before it is placed.</summary>
internal sealed record Bill(IReadOnlyList<OrderLine> Lines, Delivery Delivery, Pence Tip, Pence Total);

/// <summary>What to do with the cart next.</summary>
internal enum PickAct
{
    Add,
    CheckOut,
    Leave,
}

/// <param name="Product">For Add.</param>
internal readonly record struct ProductPick(PickAct Act, Product Product = default);

/// <summary>The user wants to go back to the question before.</summary>
internal sealed class BackException : Exception;

/// <summary>No more input will come: ctrl-D, or the end of a pipe.</summary>
internal sealed class EndOfInputException : Exception;
