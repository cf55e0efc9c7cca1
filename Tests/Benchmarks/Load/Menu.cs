using System.Buffers;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Benchmarks.Load;

/// <summary>
/// The orders that users place: two lines each, and made only once, so that placing one costs the load nothing. Immutable.
/// </summary>
internal sealed class Menu
{
    public const int Wishes = 64;

    private readonly OrderDraft[] _drafts = new OrderDraft[Wishes];
    private readonly byte[][] _bodies = new byte[Wishes][];

    public Menu(IReadOnlyList<Product> products)
    {
        Product[] plenty = [.. products.Where(p => p.Stock > Wishes)];
        if (plenty.Length < 2)
            throw new InvalidOperationException("the shop has too little in stock to be measured: start it with a --catalogue that has plenty of two products");

        for (int i = 0; i < Wishes; i++)
        {
            Product first = plenty[i % plenty.Length];
            Product second = plenty[(i + 1 + (i / plenty.Length)) % plenty.Length];
            if (first == second)
                second = plenty[(i + 1) % plenty.Length];
            CartLine[] lines = [new(first.Name, 1 + (i % 3)), new(second.Name, 1)];
            Delivery delivery = Deliveries.All[i % Deliveries.All.Count];
            var tip = new Pence(i % 4 * 50);
            Pence total = (first.Price * lines[0].Quantity) + second.Price + delivery.Price() + tip;
            _drafts[i] = new OrderDraft(lines, delivery, tip, total);
            _bodies[i] = Encode(_drafts[i]);
        }
    }

    public OrderDraft Draft(byte wish) => _drafts[wish];

    public ReadOnlySequence<byte> Body(byte wish) => new(_bodies[wish]);

    private static byte[] Encode(OrderDraft draft)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        OrderDraft.Write(ref writer, draft);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
