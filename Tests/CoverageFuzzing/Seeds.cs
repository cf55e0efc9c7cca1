using System.Buffers;
using JustHungry.Protocol.Ordering;
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
