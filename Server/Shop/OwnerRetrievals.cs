using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// Answers the shop owner's retrievals, once the key has been checked. Its rule: no answer takes longer than a millisecond or two, however
/// many orders there are; a client that wants all of them asks repeatedly.
/// </summary>
internal sealed class OwnerRetrievals(ShopTables tables)
{
    private const int SalesBytes = 32;

    /// <param name="request">The request, with the owner's key already taken off its body.</param>
    public Answer Find(in UserRequest request) => request.Kind switch
    {
        RequestKind.ShopOrders when Decoding.TryRead(request.Body, ShopOrdersQuery.Read, out ShopOrdersQuery query) => List(query),
        RequestKind.ShopReport when Decoding.TryRead(request.Body, ShopReportQuery.Read, out ShopReportQuery query) => AddUp(query),
        _ => Cart.InvalidOrder("body"),
    };

    private ShopOrdersAnswer List(ShopOrdersQuery query)
    {
        var orders = new List<ShopOrder>();
        int bytes = 0;
        int number = Clamp(query.After);
        while (query.ActiveOnly ? tables.ActiveOrders.TryGetNext(number, out number) : ++number <= tables.Orders.Count)
        {
            int place = number - 1;
            Customer customer = tables.CustomerOf(place);
            bytes += Retrievals.OrderBytes + customer.DetailsBytes + Retrievals.BytesOf(tables, place);
            if (orders.Count == OrderLimits.OrdersPerAnswer || bytes > FrameLimits.PayloadBytesMax)
                return new ShopOrdersAnswer(orders, More: true);
            orders.Add(new ShopOrder(OrderBook.NumberOf(place), customer.User, customer.Details, tables.ToOrder(tables.Orders.RowOf(place, customer.User))));
        }

        return new ShopOrdersAnswer(orders, More: false);
    }

    private ShopReportAnswer AddUp(ShopReportQuery query)
    {
        var sum = new ReportSum(tables);
        int first = Clamp(query.After);
        int last = first;
        int end = Math.Min(tables.Orders.Count, first + OrderLimits.OrdersPerReport);
        while (last < end && (last == first || sum.Bytes < FrameLimits.PayloadBytesMax - (OrderLimits.LinesMax * (SalesBytes + (OrderLimits.ProductNameCharsMax * 4)))))
        {
            if (tables.Orders.PlacedAtOf(last) >= query.Since)
                sum.Add(last);
            last++;
        }

        return sum.ToAnswer(new OrderNumber((ulong)last), more: last < tables.Orders.Count);
    }

    private int Clamp(OrderNumber after) => (int)Math.Min(after.Value, (ulong)tables.Orders.Count);

    /// <summary>The sums over the orders looked at so far.</summary>
    private sealed class ReportSum(ShopTables tables)
    {
        private readonly (long Quantity, Pence Takings)[] _sales = new (long, Pence)[tables.Products.Count];
        private int _active, _delivered, _cancelled;
        private Pence _takings, _tips, _deliveries;

        /// <summary>An upper bound of the answer's length.</summary>
        public int Bytes { get; private set; } = Retrievals.OrderBytes * 2;

        public void Add(int place)
        {
            OrderStatus status = tables.Orders.StatusOf(place);
            if (status == OrderStatus.Cancelled)
            {
                _cancelled++;
                return;
            }

            _ = status == OrderStatus.Active ? _active++ : _delivered++;
            (Pence total, Pence tip, Delivery delivery) = tables.Orders.CostOf(place);
            _takings += total;
            _tips += tip;
            _deliveries += delivery.Price();
            for (int i = 0; i < tables.Orders.LineCountOf(place); i++)
                Add(tables.Orders.LineOf(place, i));
        }

        public ShopReportAnswer ToAnswer(OrderNumber last, bool more) => new(
            last, more, _active, _delivered, _cancelled, _takings, _tips, _deliveries,
            [
                .. _sales.Index().Where(s => s.Item.Quantity > 0)
                    .Select(s => new ProductSales(tables.Products[s.Index].Name, s.Item.Quantity, s.Item.Takings)),
            ]);

        private void Add(OrderRowLine line)
        {
            ref (long Quantity, Pence Takings) sold = ref _sales[line.Product];
            if (sold.Quantity == 0)
                Bytes += SalesBytes + tables.Products[line.Product].NameBytes;
            sold = (sold.Quantity + line.Quantity, sold.Takings + (line.Price * line.Quantity));
        }
    }
}
