using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;
using MessagePack;

namespace JustHungry.Simulator.Exhaustive;

/// <summary>The shop that every path begins with: open, with known users, and the requests that they will make. Made once.</summary>
internal static class SmallShop
{
    private const int UsersMax = 4;
    private const int LoavesWanted = 3; // of 4 in stock, so two orders contend
    private static readonly UserProfile[] Users = [.. Enumerable.Range(0, UsersMax).Select(i => new UserProfile(i, new Chance((ulong)i + 1)))];
    private static readonly List<(Operation Operation, byte[] Answer)> Introduced = [];

    /// <summary>The first entries, as the primary of epoch 1 appended them.</summary>
    public static LogBatch FirstEntries { get; } = Open();

    public static ReadOnlyMemory<byte> Opening()
    {
        var effects = new ArrayBufferWriter<byte>();
        ShopOpening.Sample.WriteTo(new EffectWriter(effects));
        return effects.WrittenMemory;
    }

    /// <summary>What the users did before the path begins, for the history.</summary>
    public static IEnumerable<Operation> Before(int users) => Introduced.Take(users).Select((done, i) => new Operation
    {
        User = done.Operation.User,
        Kind = done.Operation.Kind,
        Sequence = done.Operation.Sequence,
        RequestId = done.Operation.RequestId,
        Details = done.Operation.Details,
        InvokedUs = i * 2,
        ReturnedUs = (i * 2) + 1,
        Answer = Answer.Read(new ReadOnlySequence<byte>(done.Answer)),
        AnswerBytes = done.Answer,
    });

    /// <summary>What a user wants: to order, or to look.</summary>
    public static Operation Wish(int user, bool looks, long now) => looks
        ? new Operation { User = user, Kind = RequestKind.ProductList, InvokedUs = now }
        : new Operation
        {
            User = user,
            Kind = RequestKind.PlaceOrder,
            Sequence = new Sequence(2),
            RequestId = new RequestId((UInt128)user + 10),
            Draft = new OrderDraft([new CartLine("bread", LoavesWanted)], Delivery.NextDay, Pence.Zero, null),
            InvokedUs = now,
        };

    public static UserRequest Request(Operation operation)
    {
        UserProfile user = Users[operation.User];
        return new UserRequest(
            user.Id, user.Key, operation.Sequence, operation.RequestId, operation.Kind, new ReadOnlySequence<byte>(operation.Body()));
    }

    public static UserId IdOf(int user) => Users[user].Id;

    private static LogBatch Open()
    {
        var shop = new ShopState();
        var entries = new ArrayBufferWriter<byte>();
        int count = 0;
        Append(Opening());
        for (int i = 0; i < UsersMax; i++)
        {
            var details = new Operation
            {
                User = i,
                Kind = RequestKind.UserDetails,
                Sequence = new Sequence(1),
                RequestId = new RequestId((UInt128)i + 1),
                Details = new CustomerDetails("Ada", "User" + i, "01904-320000", Wishes.GoodPostcode, "1 Street"),
            };
            Execution decided = shop.Execute(Request(details), PostcodeVerdict.Valid, 0);
            Append(decided.Effects);
            Introduced.Add((details, decided.Answer.ToArray()));
        }

        return LogBatch.Create(new EntryIndex(1), count, new Epoch(1), entries.WrittenSpan.ToArray());

        void Append(ReadOnlyMemory<byte> effects)
        {
            EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(effects));
            var writer = new MessagePackWriter(entries);
            writer.Write(effects.Span);
            writer.Flush();
            count++;
        }
    }
}
