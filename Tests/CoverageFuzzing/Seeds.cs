using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Tests.Fuzzing;
using MessagePack;

namespace JustHungry.CoverageFuzzing;

/// <summary>What a fuzzer begins with: one valid input for each decoder.</summary>
internal static class Seeds
{
    public static void WriteTo(string directory)
    {
        Directory.CreateDirectory(directory);
        int number = 0;
        foreach (byte[] input in SampleMessages.All.Select(s => Decoders.Choose(Decoder.Frame, s.Frame)).Concat(Bodies()))
            File.WriteAllBytes(Path.Combine(directory, $"{++number:000}"), input);
    }

    private static IEnumerable<byte[]> Bodies()
    {
        var details = new CustomerDetails("Ann", "Lee", "07-1", "YO1 1AA", "1 High St");
        var draft = new OrderDraft([new CartLine("Pizza", 2)], Delivery.SameDay, new Pence(50), new Pence(1_850));
        yield return Decoders.Choose(Decoder.Details, Bytes((ref MessagePackWriter w) => CustomerDetails.Write(ref w, details)));
        yield return Decoders.Choose(Decoder.Draft, Bytes((ref MessagePackWriter w) => OrderDraft.Write(ref w, draft)));
        Answer[] answers =
        [
            new DetailsAnswer(details), new ProductsAnswer([new Product("Pizza", 4, new Pence(800))]), new RefusalAnswer(AnswerCode.LowStock, Product: "Pizza", Left: 3),
            new CostAnswer([new OrderLine("Pizza", 2, new Pence(800))], new Pence(1_700)),
        ];
        foreach (Answer answer in answers)
            yield return Decoders.Choose(Decoder.Answer, answer.ToBytes());
        yield return Decoders.Choose(Decoder.OwnersBody, OwnerBodies.Write(new OwnerKey(1, 2), new CartLine("Pizza", 5), CartLine.Write));
        yield return Decoders.Choose(Decoder.Effects, Effects(details));
    }

    /// <summary>One of each kind.</summary>
    private static byte[] Effects(CustomerDetails details)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new EffectWriter(bytes);
        (var user, var number, KeyHash key) = (new UserId(5), new OrderNumber(1), KeyHash.Of(new UserKey(1, 2)));
        var answered = new AnsweredRequest(user, new Sequence(1), new RequestId(3), 4, new ReadOnlySequence<byte>(new RefusalAnswer(AnswerCode.UnknownUser).ToBytes()));
        writer.ViewStarted(new Epoch(1));
        writer.SetOwnerKey(key);
        writer.SetProduct(0, new Product("Pizza", 4, new Pence(800)), retired: false);
        writer.SetStock(0, 3);
        writer.SetCustomer(user, key, details);
        writer.SetGuest(user, 1);
        writer.AddAnswered(answered);
        writer.AddStrangersRefusal(1, key, answered);
        writer.ForgetCustomer(user);
        writer.AddOrder(new OrderRow(number, user, 1, OrderStatus.Active, Delivery.SameDay, Pence.Zero, new Pence(900), 1_700_000_000, [new OrderRowLine(0, 1, new Pence(800))]));
        writer.SetOrderStatus(number, user, 1, OrderStatus.Cancelled);
        return bytes.WrittenSpan.ToArray();
    }

    private delegate void WriteBody(ref MessagePackWriter writer);

    private static byte[] Bytes(WriteBody write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        write(ref writer);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
