using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Server.Shop;

/// <summary>
/// The shop in memory: the replicated state machine. <see cref="Execute"/> decides and changes nothing; the resulting effects, applied by
/// EffectReader, change the state and decide nothing. Owned by the replica's core; not thread-safe.
/// </summary>
internal sealed class ShopState : IShopTables
{
    private readonly ShopTables _tables = new();
    private readonly Retrievals _retrievals;
    private readonly OwnerRetrievals _ownerRetrievals;

    // What the last execution decided, until the next one.
    private readonly ArrayBufferWriter<byte> _effects = new();
    private readonly ArrayBufferWriter<byte> _answer = new();
    private readonly EffectWriter _writer;

    public ShopState()
    {
        _writer = new EffectWriter(_effects);
        _retrievals = new Retrievals(_tables);
        _ownerRetrievals = new OwnerRetrievals(_tables);
    }

    /// <summary>
    /// How much a primary lets the shop hold. Only deciding reads it, and the effects carry what came of it, so servers may be set differently.
    /// </summary>
    public ShopLimits Limits { get; set; } = ShopLimits.Usual;

    /// <summary>False until entry 1, in which a group's first primary appends ShopOpening's effects, has been applied.</summary>
    public bool IsOpen => _tables.Products.Count > 0;

    /// <summary>The hash of the owner's key; null if the shop has no owner.</summary>
    public KeyHash? OwnerKey => _tables.OwnerKey;

    /// <summary>True if this shop sells the opening's products at its prices and has its owner. The stock left does not matter.</summary>
    public bool Matches(ShopOpening opening) => _tables.Matches(opening);

    /// <summary>Decides one request.</summary>
    public Execution Execute(in UserRequest request, PostcodeVerdict postcode, long utcSeconds)
    {
        if (!Enum.IsDefined(request.Kind))
            return Say(new RefusalAnswer(AnswerCode.Unsupported));
        return request.Kind.IsOwners() ? ExecuteAsOwner(request, postcode, utcSeconds) : ExecuteAsUser(request, postcode, utcSeconds);
    }

    /// <summary>
    /// Takes the owner's key off the request and compares it; it goes no further and is never stored. An update with a wrong key is decided
    /// like any other, by an entry: the owner may change the key, and a late copy of a refused update must be refused then too.
    /// </summary>
    private Execution ExecuteAsOwner(in UserRequest request, PostcodeVerdict postcode, long utcSeconds)
    {
        if (!OwnerBodies.TrySplit(request.Body, out OwnerKey key, out ReadOnlySequence<byte> content))
            return Say(Cart.InvalidOrder("body"));

        AnswerCode? refusal = _tables.OwnerKey is not { } owner ? AnswerCode.NoOwner
            : owner.EqualsInFixedTime(KeyHash.Of(key)) ? null
            : AnswerCode.NotOwner;
        if (refusal is { } reason && !request.Kind.IsUpdate())
            return Say(new RefusalAnswer(reason));
        return ExecuteAsUser(request with { Body = content }, postcode, utcSeconds, refusal);
    }

    /// <param name="request">The request; the owner's key has already been taken off an owner's request.</param>
    /// <param name="refusal">Why an owner's update is refused: whoever asks is not the owner.</param>
    private Execution ExecuteAsUser(in UserRequest request, PostcodeVerdict postcode, long utcSeconds, AnswerCode? refusal = null) => request.Kind switch
    {
        RequestKind.UserDetails => Update<SetDetails>(request, postcode, utcSeconds),
        RequestKind.PlaceOrder => Update<PlaceOrder>(request, postcode, utcSeconds),
        RequestKind.Cancel => Update<CancelOrder>(request, postcode, utcSeconds),
        RequestKind.AddProduct => Update<AddProduct>(request, postcode, utcSeconds, refusal),
        RequestKind.SetPrice => Update<SetPrice>(request, postcode, utcSeconds, refusal),
        RequestKind.Restock => Update<Restock>(request, postcode, utcSeconds, refusal),
        RequestKind.RetireProduct => Update<RetireProduct>(request, postcode, utcSeconds, refusal),
        RequestKind.CompleteOrder => Update<CompleteOrder>(request, postcode, utcSeconds, refusal),
        RequestKind.CancelForUser => Update<CancelForUser>(request, postcode, utcSeconds, refusal),
        RequestKind.RotateOwnerKey => Update<RotateOwnerKey>(request, postcode, utcSeconds, refusal),
        _ => Say(Retrieve(request)),
    };

    /// <summary>
    /// Gives a repetition its first answer, refuses a request that is wrong in itself, and lets the shop decide the rest.
    /// </summary>
    private Execution Update<TUpdate>(in UserRequest request, PostcodeVerdict postcode, long utcSeconds, AnswerCode? refusal = null)
        where TUpdate : struct, IUpdate<TUpdate>
    {
        if (request.Sequence == Sequence.None || request.RequestId == RequestId.None)
            return Say(Cart.InvalidOrder("sequence"));

        Asker asker = FindAsker(request, out bool isWrongKey);
        ulong bodyHash = BodyHash.Of(request.Kind, request.Body);
        if (request.Sequence <= asker.HighestSequence)
            return Repeat(request, bodyHash, asker.Answered!);
        if (isWrongKey)
            return Say(new RefusalAnswer(AnswerCode.UnknownUser)); // no entry: a customer's key never changes, so a late copy is refused too
        if (!Decoding.TryRead(request.Body, static (ref reader) => TUpdate.Read(ref reader), out TUpdate update))
            return Say(Cart.InvalidOrder("body"));
        if (update.FirstFault() is { } fault)
            return Say(fault);

        if (asker.HasUsed(request.RequestId))
            refusal ??= AnswerCode.RequestIdReused;
        if (TUpdate.AddsCustomer && asker.IsStranger && _tables.CustomerCount >= Limits.CustomersMax)
            refusal ??= AnswerCode.CustomersFull;
        if (postcode == PostcodeVerdict.NotAsked && refusal is null && TUpdate.PostcodeToAsk(update) is { } toAsk)
            return Execution.NeedsPostcode(toAsk);

        Answer decided = Decide(update, refusal, new UpdateContext(asker, _tables, _writer, postcode, utcSeconds));
        var answered = new AnsweredRequest(request.User, request.Sequence, request.RequestId, bodyHash, new ReadOnlySequence<byte>(_answer.WrittenMemory));
        if (asker.IsStranger && !BecomesCustomer<TUpdate>(refusal) && decided is RefusalAnswer)
            _writer.AddStrangersRefusal(_tables.Strangers.NextNumber, asker.Key, answered);
        else
            _writer.AddAnswered(answered);
        return Execution.Entry(_effects.WrittenMemory, _answer.WrittenMemory);
    }

    /// <summary>
    /// A digest that is equal on replicas that have applied the same entries. Reads the whole state, so it is for tests and the simulator.
    /// </summary>
    public ulong Digest()
    {
        var state = new ArrayBufferWriter<byte>();
        WriteTo(new EffectWriter(state));
        return BodyHash.Of(0, state.WrittenSpan);
    }

    /// <summary>
    /// Writes the whole state as effects, as a state transfer carries it. Equal states write equal effects, whatever led to them.
    /// </summary>
    public void WriteTo(IShopTables tables) => _tables.WriteTo(tables);

    public void SetOwnerKey(KeyHash hash) => _tables.SetOwnerKey(hash);

    public void SetProduct(int number, in Product product, bool retired) => _tables.SetProduct(number, product, retired);

    public void SetStock(int productNumber, int stock) => _tables.SetStock(productNumber, stock);

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details) => _tables.SetCustomer(user, key, details);

    public void AddAnswered(in AnsweredRequest request) => _tables.AddAnswered(request);

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request) => _tables.AddStrangersRefusal(number, key, request);

    public void AddOrder(in OrderRow order) => _tables.AddOrder(order);

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status) =>
        _tables.SetOrderStatus(number, user, orderId, status);

    private Execution Say(Answer said)
    {
        _answer.ResetWrittenCount();
        said.Write(_answer);
        return Execution.Answered(_answer.WrittenMemory);
    }

    private Execution Repeat(in UserRequest request, ulong bodyHash, AnsweredRing answered)
    {
        if (answered.TryFind(request.Sequence, request.RequestId, out AnsweredRing.Kept kept) && kept.BodyHash == bodyHash)
            return Execution.Answered(kept.Answer);
        return Say(new RefusalAnswer(answered.Holds(request.RequestId) ? AnswerCode.RequestIdReused : AnswerCode.Expired));
    }

    private Answer Retrieve(in UserRequest request)
    {
        Customer? customer = null;
        if (request.Kind is not (RequestKind.ProductList or RequestKind.OrderCost) && !request.Kind.IsOwners())
        {
            KeyHash key = KeyHash.Of(request.Key);
            customer = _tables.FindCustomer(request.User) is { } known && known.Key.EqualsInFixedTime(key) ? known : null;
        }

        try
        {
            return request.Kind.IsOwners() ? _ownerRetrievals.Find(request) : _retrievals.Find(request, customer);
        }
        catch (Exception e) when (e is not InvariantException)
        {
            return new RefusalAnswer(AnswerCode.Rejected);
        }
    }

    /// <summary>A user who asks under a customer's id with another key counts as the stranger with that key.</summary>
    private Asker FindAsker(in UserRequest request, out bool isWrongKey)
    {
        KeyHash key = KeyHash.Of(request.Key);
        Customer? customer = _tables.FindCustomer(request.User);
        isWrongKey = customer is not null && !customer.Key.EqualsInFixedTime(key);
        return customer is null || isWrongKey
            ? new Asker(request.User, key, null, _tables.Strangers.AnsweredTo(request.User, key))
            : new Asker(request.User, key, customer, customer.Answered);
    }

    /// <summary>
    /// Leaves the effects and the answer in the buffers. If deciding throws, the update is rejected, and its sequence is used up.
    /// </summary>
    private Answer Decide<TUpdate>(in TUpdate update, AnswerCode? refusal, in UpdateContext context) where TUpdate : struct, IUpdate<TUpdate>
    {
        Answer decided;
        try
        {
            Begin<TUpdate>(context, refusal);
            decided = refusal is { } reason ? new RefusalAnswer(reason) : update.Decide(context);
            decided.Write(_answer);
        }
        catch (Exception e) when (e is not InvariantException)
        {
            Begin<TUpdate>(context, refusal);
            decided = new RefusalAnswer(AnswerCode.Rejected);
            decided.Write(_answer);
        }

        return decided;
    }

    private void Begin<TUpdate>(in UpdateContext context, AnswerCode? refusal) where TUpdate : struct, IUpdate<TUpdate>
    {
        _effects.ResetWrittenCount();
        _answer.ResetWrittenCount();
        if (context.Asker.IsStranger && BecomesCustomer<TUpdate>(refusal))
            context.MakeCustomer(null);
    }

    /// <summary>
    /// An owner who has never ordered becomes a customer without details, because an owner's updates must not be forgotten: a late copy
    /// would repeat them.
    /// </summary>
    private static bool BecomesCustomer<TUpdate>(AnswerCode? refusal) where TUpdate : struct, IUpdate<TUpdate> =>
        TUpdate.IsOwners && refusal is not (AnswerCode.NotOwner or AnswerCode.NoOwner);
}
