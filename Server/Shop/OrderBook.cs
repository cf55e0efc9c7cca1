using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// All orders by their group-wide number, packed into 40 bytes for each order and 16 for each line, without references, so that a million
/// orders cost the garbage collector nothing.
/// </summary>
internal sealed class OrderBook
{
    private readonly ChunkedList<Slot> _slots = new();
    private readonly ChunkedList<OrderRowLine> _lines = new();

    public int Count => _slots.Count;

    public OrderNumber NextNumber => NumberOf(Count);

    /// <summary>Adds the next order, or overwrites the last one.</summary>
    /// <param name="customer">The number of the order's customer.</param>
    /// <returns>The order's place: its number minus 1.</returns>
    public int Set(in OrderRow order, int customer)
    {
        Invariant.Check(order.Number != OrderNumber.None && order.Number <= NextNumber, "orders are numbered without gaps");
        int place = (int)(order.Number.Value - 1);
        if (place == _slots.Count)
        {
            _slots.Add(new Slot { FirstLine = _lines.Count, Lines = (byte)order.Lines.Length });
            foreach (OrderRowLine line in order.Lines)
                _lines.Add(line);
        }

        ref Slot slot = ref _slots[place];
        Invariant.Check(slot.Lines == order.Lines.Length, "an order's lines never change");
        slot.Customer = customer;
        slot.OrderId = order.OrderId;
        slot.Status = order.Status;
        slot.Delivery = order.Delivery;
        slot.TipPence = checked((int)order.Tip.Value);
        slot.TotalPence = order.Total.Value;
        slot.PlacedAt = order.PlacedAt;
        return place;
    }

    public static OrderNumber NumberOf(int place) => new((ulong)place + 1);

    public int CustomerOf(int place) => _slots[place].Customer;

    public long PlacedAtOf(int place) => _slots[place].PlacedAt;

    public (Pence Total, Pence Tip, Delivery Delivery) CostOf(int place) =>
        (new Pence(_slots[place].TotalPence), new Pence(_slots[place].TipPence), _slots[place].Delivery);

    public OrderStatus StatusOf(int place) => _slots[place].Status;

    public void SetStatus(int place, OrderStatus status) => _slots[place].Status = status;

    public int LineCountOf(int place) => _slots[place].Lines;

    public OrderRowLine LineOf(int place, int line) => _lines[_slots[place].FirstLine + line];

    public OrderRow RowOf(int place, UserId user)
    {
        Slot slot = _slots[place];
        var lines = new OrderRowLine[slot.Lines];
        for (int i = 0; i < lines.Length; i++)
            lines[i] = _lines[slot.FirstLine + i];
        return new OrderRow(
            NumberOf(place), user, slot.OrderId, slot.Status, slot.Delivery, new Pence(slot.TipPence), new Pence(slot.TotalPence), slot.PlacedAt, lines);
    }

    private struct Slot
    {
        public long TotalPence;
        public long PlacedAt;
        public int Customer;
        public int OrderId;
        public int FirstLine;
        public int TipPence;
        public byte Lines;
        public OrderStatus Status;
        public Delivery Delivery;
    }
}
