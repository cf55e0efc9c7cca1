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

    public static string OnSale(Product product) => $"{product.Name}: {product.Stock} in stock at {product.Price}.";

    public static string Retired(Product product) =>
        $"{product.Name} is not sold any more ({product.Stock} were left). It stays in the orders that hold it.";

    public static string Completed(Order order) => $"Order {order.OrderId} is delivered.";
}
