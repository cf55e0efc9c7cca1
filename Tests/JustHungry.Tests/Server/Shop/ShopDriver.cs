using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using MessagePack;

namespace JustHungry.Tests.Server.Shop;

/// <summary>A shop as a primary drives it: executes a request, and applies the entry that came of it.</summary>
internal sealed class ShopDriver
{
    public const long PlacedAt = 1_795_359_845;

    public static readonly CustomerDetails Ada = new("Ada", "Lovelace", "020-7946-0000", "SW1A 1AA", "12 St James's Square");

    public ShopDriver(IReadOnlyList<Product>? products = null)
    {
        var effects = new ArrayBufferWriter<byte>();
        new ShopOpening(products ?? Catalogue.Sample, null).WriteTo(new EffectWriter(effects));
        EffectReader.ApplyTo(State, new ReadOnlySequence<byte>(effects.WrittenMemory));
    }

    public ShopState State { get; } = new();

    /// <summary>The primary's clock.</summary>
    public long UtcSeconds { get; set; } = PlacedAt;

    /// <summary>What the last execution said.</summary>
    public ExecutionResult Result { get; private set; }

    /// <summary>The effects of the last execution.</summary>
    public byte[] Entry { get; private set; } = [];

    public byte[] AnswerBytes { get; private set; } = [];

    /// <summary>What the last execution wants the postcode service to be asked.</summary>
    public string? Postcode { get; private set; }

    /// <summary>Executes and applies.</summary>
    public Answer Do(in UserRequest request, PostcodeVerdict postcode = PostcodeVerdict.Valid)
    {
        Execute(request, postcode);
        EffectReader.ApplyTo(State, new ReadOnlySequence<byte>(Entry));
        return Answer.Read(new ReadOnlySequence<byte>(AnswerBytes));
    }

    /// <summary>Executes only.</summary>
    public ExecutionResult Execute(in UserRequest request, PostcodeVerdict postcode = PostcodeVerdict.Valid)
    {
        Execution decided = State.Execute(request, postcode, UtcSeconds);
        (Result, Entry, AnswerBytes, Postcode) = (decided.Result, decided.Effects.ToArray(), decided.Answer.ToArray(), decided.Postcode);
        return Result;
    }

    public int StockOf(string product) => Products().Single(p => p.Name == product).Stock;

    public IReadOnlyList<Product> Products() => ((ProductsAnswer)Do(User.Stranger.Products())).Products;

    /// <summary>Another shop that was brought here by a state transfer.</summary>
    public static ShopState Transfer(ShopState from)
    {
        var effects = new ArrayBufferWriter<byte>();
        from.WriteTo(new EffectWriter(effects));
        var to = new ShopState();
        EffectReader.ApplyTo(to, new ReadOnlySequence<byte>(effects.WrittenMemory));
        return to;
    }

    public static byte[] Encode(WriteBody write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    public delegate void WriteBody(ref MessagePackWriter writer);
}

/// <summary>A user, who makes requests under ids of his own.</summary>
internal sealed class User(ulong number)
{
    private ulong _sequence;

    public static User Stranger => new(999_999);

    public UserId Id { get; } = new(number);

    public UserKey Key { get; init; } = new(number, 77);

    public UserRequest Details(CustomerDetails? details = null) =>
        Update(RequestKind.UserDetails, ShopDriver.Encode((ref MessagePackWriter w) => CustomerDetails.Write(ref w, details ?? ShopDriver.Ada)));

    public UserRequest Order(params (string Product, int Quantity)[] lines) => Order(Draft(lines));

    public UserRequest Order(OrderDraft draft) =>
        Update(RequestKind.PlaceOrder, ShopDriver.Encode((ref MessagePackWriter w) => OrderDraft.Write(ref w, draft)));

    public UserRequest Cancel(int orderId) =>
        Update(RequestKind.Cancel, ShopDriver.Encode((ref MessagePackWriter w) => RequestBodies.WriteOrderId(ref w, orderId)));

    public UserRequest Products() => Retrieval(RequestKind.ProductList, [MessagePackCode.Nil]);

    public UserRequest ViewDetails() => Retrieval(RequestKind.ViewDetails, [MessagePackCode.Nil]);

    public UserRequest Orders(int after = 0) =>
        Retrieval(RequestKind.ViewOrders, ShopDriver.Encode((ref MessagePackWriter w) => RequestBodies.WriteOrderId(ref w, after)));

    public UserRequest Active(int after = 0) =>
        Retrieval(RequestKind.ViewActive, ShopDriver.Encode((ref MessagePackWriter w) => RequestBodies.WriteOrderId(ref w, after)));

    public UserRequest Cost(params (string Product, int Quantity)[] lines) =>
        Retrieval(RequestKind.OrderCost, ShopDriver.Encode((ref MessagePackWriter w) => RequestBodies.WriteLines(ref w, Draft(lines).Lines)));

    public UserRequest Retrieval(RequestKind kind, byte[] body) => new(Id, Key, Sequence.None, RequestId.None, kind, new ReadOnlySequence<byte>(body));

    public UserRequest Update(RequestKind kind, byte[] body)
    {
        _sequence++;
        return new(Id, Key, new Sequence(_sequence), new RequestId(((UInt128)Id.Value << 64) | _sequence), kind, new ReadOnlySequence<byte>(body));
    }

    public static OrderDraft Draft(params (string Product, int Quantity)[] lines) =>
        new([.. lines.Select(l => new CartLine(l.Product, l.Quantity))], Delivery.SameDay, new Pence(50), null);
}
