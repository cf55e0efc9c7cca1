using System.Buffers;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Text;
using MessagePack;

namespace JustHungry.UserCli.Connection;

/// <summary>What a user can ask of the shop, one method each. Every answer may be a <see cref="RefusalAnswer"/>.</summary>
/// <remarks>All throw UnavailableException when no final answer came, and ProfileException when the profile can't be used.</remarks>
internal sealed class Shop(ShopClient client)
{
    private delegate void WriteBody(ref MessagePackWriter writer);

    public ShopClient Client => client;

    public Task<Answer> ProductsAsync(CancellationToken cancel) => client.AskAsync(RequestKind.ProductList, NoBody(), cancel);

    public Task<Answer> DetailsAsync(CancellationToken cancel) => client.AskAsync(RequestKind.ViewDetails, NoBody(), cancel);

    public Task<Answer> CostAsync(IReadOnlyList<CartLine> lines, CancellationToken cancel) =>
        client.AskAsync(RequestKind.OrderCost, Encode((ref writer) => RequestBodies.WriteLines(ref writer, lines)), cancel);

    /// <summary>
    /// All orders by rising id, however many answers they take. For a user whom the shop does not know, the list is empty.
    /// </summary>
    public async Task<Answer> OrdersAsync(bool onlyActive, CancellationToken cancel)
    {
        var orders = new List<Order>();
        while (true)
        {
            int after = orders.Count == 0 ? 0 : orders[^1].OrderId;
            Answer answer = await client.AskAsync(
                onlyActive ? RequestKind.ViewActive : RequestKind.ViewOrders, Encode((ref writer) => RequestBodies.WriteOrderId(ref writer, after)), cancel);
            if (answer is RefusalAnswer { Reason: AnswerCode.UnknownUser })
                return new OrdersAnswer(orders, More: false);
            if (answer is not OrdersAnswer page)
                return answer;

            orders.AddRange(page.Orders);
            if (!page.More || page.Orders.Count == 0)
                return new OrdersAnswer(orders, More: false);
        }
    }

    /// <summary>One of the user's orders: an <see cref="OrderAnswer"/>.</summary>
    public async Task<Answer> OrderAsync(int orderId, CancellationToken cancel)
    {
        Answer answer = await client.AskAsync(
            RequestKind.ViewOrders, Encode((ref writer) => RequestBodies.WriteOrderId(ref writer, orderId - 1)), cancel);
        return answer switch
        {
            OrdersAnswer { Orders: [var order, ..] } when order.OrderId == orderId => new OrderAnswer(order),
            OrdersAnswer or RefusalAnswer { Reason: AnswerCode.UnknownUser } => new RefusalAnswer(AnswerCode.UnknownOrder),
            _ => answer,
        };
    }

    public Task<Answer> SaveDetailsAsync(CustomerDetails details, CancellationToken cancel) =>
        client.UpdateAsync(
            RequestKind.UserDetails, Encode((ref writer) => CustomerDetails.Write(ref writer, details)), Sentences.ChangeOfDetails, cancel);

    /// <param name="isAgain">Place another order, even if the same one is waiting for its answer.</param>
    public Task<Answer> PlaceAsync(OrderDraft draft, CancellationToken cancel, bool isAgain = false) =>
        client.UpdateAsync(
            RequestKind.PlaceOrder, Encode((ref writer) => OrderDraft.Write(ref writer, draft)), Sentences.OrderOf(draft.Lines), cancel, isAgain);

    public Task<Answer> CancelOrderAsync(int orderId, CancellationToken cancel) =>
        client.UpdateAsync(
            RequestKind.Cancel, Encode((ref writer) => RequestBodies.WriteOrderId(ref writer, orderId)), Sentences.CancellationOf(orderId), cancel);

    private static byte[] NoBody() => Encode((ref writer) => writer.WriteNil());

    private static byte[] Encode(WriteBody write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
