using System.Buffers;
using JustHungry.Benchmarks.Load;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using MessagePack;

namespace JustHungry.Benchmarks.Micro;

/// <summary>The orders of the micro-benchmarks, and a shop that takes them.</summary>
internal static class MicroOrders
{
    public static IReadOnlyList<Product> Products { get; } = [.. Enumerable.Range(1, 20).Select(i => new Product($"product {i}", 1_000_000_000, new Pence(50 + i)))];

    /// <summary>The user's next order.</summary>
    public static UserRequest Request(Menu menu, BenchUser user)
    {
        user.Sequence = user.Sequence.Next;
        byte wish = (byte)(user.Sequence.Value % Menu.Wishes);
        return new UserRequest(user.Id, user.Key, user.Sequence, new RequestId(user.Id.Value + user.Sequence.Value), RequestKind.PlaceOrder, menu.Body(wish));
    }

    /// <summary>An open shop that knows this user.</summary>
    public static ShopState OpenShop(BenchUser user)
    {
        var shop = new ShopState();
        var effects = new ArrayBufferWriter<byte>();
        new ShopOpening(Products, OwnerKey: null).WriteTo(new EffectWriter(effects));
        EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(effects.WrittenMemory));

        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        CustomerDetails.Write(ref writer, new CustomerDetails("Ada", "King", "020-7946-0000", "SW1A 1AA", "12 St James's Square"));
        writer.Flush();
        user.Sequence = new Sequence(1);
        var details = new UserRequest(user.Id, user.Key, user.Sequence, new RequestId(1), RequestKind.UserDetails, new ReadOnlySequence<byte>(body.WrittenMemory));
        Execute(shop, details);
        return shop;
    }

    /// <summary>Executes and applies, as a primary does.</summary>
    /// <returns>The entry's content, which is valid until the shop's next execution.</returns>
    public static ReadOnlyMemory<byte> Execute(ShopState shop, in UserRequest request)
    {
        Execution decided = shop.Execute(request, PostcodeVerdict.Valid, utcSeconds: 0);
        if (decided.Result != ExecutionResult.Entry)
            throw new InvalidOperationException($"{decided.Result}: {Answer.Read(new ReadOnlySequence<byte>(decided.Answer))}");
        EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(decided.Effects));
        return decided.Effects;
    }
}
