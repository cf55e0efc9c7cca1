using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Tests.Server.Shop;
using MessagePack;

namespace JustHungry.Tests.Server.Storage;

/// <summary>A shop that was driven by made-up users, the log that came of it, and what its state was after each entry.</summary>
internal sealed class RecordedShop
{
    private readonly List<byte[]> _entries = [];
    private readonly List<ulong> _digests = [new ShopState().Digest()];
    private readonly ShopState _replayed = new();

    /// <param name="keepsStrangers">As the versions did that made a customer of whoever was refused.</param>
    public RecordedShop(int users = 5, int updates = 200, int seed = 1, bool keepsStrangers = false)
    {
        Product[] catalogue = [.. Catalogue.Sample, new Product("crème \"brûlée\" \\ 🍮", 100_000, new Pence(450))];
        var shop = new ShopDriver(catalogue);
        var opening = new ArrayBufferWriter<byte>();
        new ShopOpening(catalogue, KeyHash.Of(new UserKey(8, 9))).WriteTo(new EffectWriter(opening));
        Record(opening.WrittenSpan.ToArray());

        var random = new Random(seed);
        User[] people = [.. Enumerable.Range(1, users).Select(i => new User((ulong)i * 0x1000_0000_0000_0001))];
        foreach (User user in people)
            Do(shop, user.Details(), PostcodeVerdict.Valid);
        Refuse(shop, new User(77).Details(), keepsStrangers);
        while (_entries.Count < updates)
            Do(shop, Update(random, people[random.Next(users)]), PostcodeVerdict.Valid);
    }

    public int Count => _entries.Count;

    public EntryIndex Last => new((ulong)Count);

    /// <summary>The state after this entry, in a number.</summary>
    public ulong DigestAt(EntryIndex index) => _digests[(int)index.Value];

    public static EntryPosition At(ulong index, ulong epoch = 1) => new(new EntryIndex(index), new Epoch(epoch));

    /// <summary>The entries from first to last as one batch.</summary>
    public LogBatch Batch(int first, int last, ulong epoch = 1)
    {
        var entries = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(entries);
        foreach (byte[] entry in _entries[(first - 1)..last])
            writer.Write(entry);
        writer.Flush();
        return LogBatch.Create(new EntryIndex((ulong)first), last - first + 1, new Epoch(epoch), entries.WrittenMemory);
    }

    /// <summary>All entries in batches of this size.</summary>
    public List<LogBatch> Batches(int size = 10) =>
        [.. Enumerable.Range(0, (Count + size - 1) / size).Select(i => Batch((i * size) + 1, Math.Min(Count, (i + 1) * size)))];

    private static UserRequest Update(Random random, User user) => random.Next(5) switch
    {
        0 => user.Cancel(random.Next(1, 4)),
        1 => user.Details(ShopDriver.Ada with { FirstName = "Zoë", Address = $"{random.Next(100)} High Street" }),
        2 => user.Order(("apple", 10_000)), // refused: an entry without an order
        _ => user.Order(("crème \"brûlée\" \\ 🍮", random.Next(1, 5)), ("kale", 1)),
    };

    private void Refuse(ShopDriver shop, UserRequest request, bool keepsStrangers)
    {
        shop.Do(request, PostcodeVerdict.Invalid);
        var kept = new ArrayBufferWriter<byte>();
        var writer = new EffectWriter(kept);
        writer.SetCustomer(request.User, KeyHash.Of(request.Key), null);
        writer.AddAnswered(new AnsweredRequest(
            request.User, request.Sequence, request.RequestId, BodyHash.Of(request.Kind, request.Body), new ReadOnlySequence<byte>(shop.AnswerBytes)));
        Record(keepsStrangers ? kept.WrittenSpan.ToArray() : shop.Entry);
    }

    private void Do(ShopDriver shop, UserRequest request, PostcodeVerdict postcode)
    {
        shop.Do(request, postcode);
        if (shop.Result == ExecutionResult.Entry)
            Record(shop.Entry);
    }

    private void Record(byte[] entry)
    {
        _entries.Add(entry);
        EffectReader.ApplyTo(_replayed, new ReadOnlySequence<byte>(entry));
        _digests.Add(_replayed.Digest());
    }
}
