using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Text;

/// <summary>What the shop's owner is told, and what the owner's updates are called while they wait for an answer.</summary>
internal static class OwnerSentences
{
    public static string AdditionOf(Product product) => $"addition of {product.Name}";

    public static string PriceOf(string product, Pence price) => $"price of {price} for {product}";

    public static string RestockingOf(string product, int quantity) => $"restocking of {quantity} × {product}";

    public static string RetirementOf(string product) => $"retirement of {product}";

    public static string CompletionOf(int orderId) => $"completion of order {orderId}";

    public const string RotationOfKey = "rotation of the owner's key";

    public static string Rotated(string file, string before) =>
        $"The shop has a new owner's key, in {file}: keep a copy of it, there is no other. The key before, now in {before}, opens nothing any more.";

    /// <summary>The shop has the new key, and its file could not be given the old one's name.</summary>
    public static string RotatedButNotNamed(string file, string next, string reason) =>
        $"The shop has a new owner's key, in {next}: keep a copy of it, there is no other. It could not take the place of {file}, whose key opens nothing any more: {reason}";

    public static string OnSale(Product product) => $"{product.Name}: {product.Stock} in stock at {product.Price}.";

    /// <param name="before">Null if it was not known.</param>
    public static string Priced(Product product, Pence? before) =>
        before is { } old && old != product.Price ? $"{product.Name}: {old} → {product.Price}, {product.Stock} in stock." : OnSale(product);

    public static string UnusualPrice(string product, Pence before, Pence price) =>
        $"{product}: {before} → {price} looks mistyped, and was not changed. If it is meant, say --yes.";

    public static string Retired(Product product) =>
        $"{product.Name} is not sold any more ({product.Stock} were left). It stays in the orders that hold it.";

    public static string CancelledForUser(Order order) => $"Order {order.OrderId} is cancelled; its items are in stock again. Tell the customer.";

    public static string Completed(Order order) => $"Order {order.OrderId} is delivered.";
}
