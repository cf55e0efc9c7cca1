using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Connection;

/// <summary>What the shop's owner can ask of it, one method each. Every answer may be a <see cref="RefusalAnswer"/>.</summary>
/// <remarks>All throw UnavailableException when no final answer came, and ProfileException when the profile can't be used.</remarks>
internal sealed class OwnedShop(ShopClient client, OwnerKey key)
{
    public Task<Answer> AddAsync(Product product, CancellationToken cancel) =>
        UpdateAsync(RequestKind.AddProduct, product, Product.Write, OwnerSentences.AdditionOf(product), cancel);

    public Task<Answer> SetPriceAsync(string product, Pence price, CancellationToken cancel) =>
        UpdateAsync(RequestKind.SetPrice, new NewPrice(product, price), NewPrice.Write, OwnerSentences.PriceOf(product, price), cancel);

    /// <param name="isAgain">Restock once more, even if the same restocking is waiting for its answer.</param>
    public Task<Answer> RestockAsync(string product, int quantity, CancellationToken cancel, bool isAgain = false) =>
        UpdateAsync(RequestKind.Restock, new CartLine(product, quantity), CartLine.Write, OwnerSentences.RestockingOf(product, quantity), cancel, isAgain);

    public Task<Answer> RetireAsync(string product, CancellationToken cancel) =>
        UpdateAsync(RequestKind.RetireProduct, product, OwnerBodies.WriteName, OwnerSentences.RetirementOf(product), cancel);

    public Task<Answer> CompleteAsync(UserId user, int orderId, CancellationToken cancel) =>
        UpdateAsync(RequestKind.CompleteOrder, new OrderOfUser(user, orderId), OrderOfUser.Write, OwnerSentences.CompletionOf(orderId), cancel);

    public Task<Answer> CancelAsync(UserId user, int orderId, CancellationToken cancel) =>
        UpdateAsync(RequestKind.CancelForUser, new OrderOfUser(user, orderId), OrderOfUser.Write, Sentences.CancellationOf(orderId), cancel);

    /// <param name="next">The hash of the key that is to be the owner's.</param>
    public Task<Answer> RotateKeyAsync(KeyHash next, CancellationToken cancel) =>
        UpdateAsync(RequestKind.RotateOwnerKey, next, OwnerBodies.WriteHash, OwnerSentences.RotationOfKey, cancel);

    /// <summary>The orders of all users by rising number, however many answers they take: a <see cref="ShopOrdersAnswer"/>.</summary>
    public async Task<Answer> OrdersAsync(bool onlyActive, CancellationToken cancel)
    {
        var orders = new List<ShopOrder>();
        while (true)
        {
            OrderNumber after = orders.Count == 0 ? OrderNumber.None : orders[^1].Number;
            Answer answer = await AskAsync(RequestKind.ShopOrders, new ShopOrdersQuery(after, onlyActive), ShopOrdersQuery.Write, cancel);
            if (answer is not ShopOrdersAnswer page)
                return answer;

            orders.AddRange(page.Orders);
            if (!page.More || page.Orders.Count == 0)
                return new ShopOrdersAnswer(orders, More: false);
        }
    }

    /// <summary>
    /// What all orders since then add up to: a <see cref="ShopReportAnswer"/> with each product once, those with the highest takings
    /// first.
    /// </summary>
    /// <param name="since">Seconds since 1970-01-01 UTC.</param>
    public async Task<Answer> ReportAsync(long since, CancellationToken cancel)
    {
        var report = new ShopReportAnswer(OrderNumber.None, true, 0, 0, 0, Pence.Zero, Pence.Zero, Pence.Zero, []);
        while (report.More)
        {
            Answer answer = await AskAsync(RequestKind.ShopReport, new ShopReportQuery(report.Last, since), ShopReportQuery.Write, cancel);
            if (answer is not ShopReportAnswer next)
                return answer;

            report = new ShopReportAnswer(
                next.Last, next.More && next.Last > report.Last, report.Active + next.Active, report.Delivered + next.Delivered, report.Cancelled + next.Cancelled,
                report.Takings + next.Takings, report.Tips + next.Tips, report.Deliveries + next.Deliveries, [.. report.Products, .. next.Products]);
        }

        return report with { Products = TopFirst(report.Products) };
    }

    private static ProductSales[] TopFirst(IReadOnlyList<ProductSales> sales) =>
    [
        .. sales.GroupBy(s => s.Product, StringComparer.Ordinal)
            .Select(g => new ProductSales(g.Key, g.Sum(s => s.Quantity), g.Aggregate(Pence.Zero, (sum, s) => sum + s.Takings)))
            .OrderByDescending(s => s.Takings.Value).ThenBy(s => s.Product, StringComparer.Ordinal),
    ];

    private Task<Answer> UpdateAsync<T>(RequestKind kind, T content, WriteElement<T> write, string words, CancellationToken cancel, bool isAgain = false) =>
        client.UpdateAsync(kind, OwnerBodies.Write(key, content, write), words, cancel, isAgain);

    private Task<Answer> AskAsync<T>(RequestKind kind, T content, WriteElement<T> write, CancellationToken cancel) =>
        client.AskAsync(kind, OwnerBodies.Write(key, content, write), cancel);
}
