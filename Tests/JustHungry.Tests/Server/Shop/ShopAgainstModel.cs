using System.Buffers;
using CsCheck;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

/// <summary>
/// Random users do random things, and say them again, late and wrongly. After every step the shop, a backup that only applied the entries,
/// and a newcomer that got a state transfer all agree with the model.
/// </summary>
[Category("Slow")]
internal sealed class ShopAgainstModel
{
    private const int Users = 3;

    private static readonly string[] Names = ["apple", "banana", "bread", "flour", "caviar"];

    /// <summary>One step: who, what, and numbers to choose the rest from.</summary>
    private readonly record struct Step(int User, int Action, int A, int B, int C);

    [Test]
    public void The_shop_its_backup_and_a_newcomer_answer_as_the_model_does()
    {
        Gen<Step> step = Gen.Select(Gen.Int[0, Users - 1], Gen.Int[0, 99], Gen.Int[0, 9_999], Gen.Int[0, 9_999], Gen.Int[0, 9_999])
            .Select((user, action, a, b, c) => new Step(user, action, a, b, c));

        step.Array[0, 120].Sample(static steps => new Run().Play(steps), iter: 100, threads: 1);
    }

    private sealed class Run
    {
        private readonly ShopDriver _shop = new([.. Names.SkipLast(1).Select((name, i) => new Product(name, i * 9, new Pence(50 + i)))]);
        private readonly ShopModel _model = new();
        private readonly ShopState _backup;
        private readonly List<Ask>[] _said = [.. Enumerable.Range(0, Users).Select(_ => new List<Ask>())];
        private readonly ulong[] _sequences = new ulong[Users];
        private readonly int[] _books;

        public Run()
        {
            _backup = ShopDriver.Transfer(_shop.State);
            _model.Products.AddRange(Names.SkipLast(1).Select((name, i) => new ShopModel.ModelProduct(name, i * 9, 50 + i)));
            _books = [.. _model.Products.Select(p => p.Stock)];
        }

        public void Play(Step[] steps)
        {
            foreach (Step step in steps)
            {
                if (step.Action >= 94)
                    ChangeProduct(step);
                else
                    Ask(Choose(step), (PostcodeVerdict)(step.C % 8 is var v && v < 4 ? v : (int)PostcodeVerdict.Valid));
                AssertBooks();
            }
        }

        private void Ask(Ask ask, PostcodeVerdict verdict)
        {
            ShopState newcomer = ShopDriver.Transfer(_shop.State);
            (ExecutionResult result, byte[] answer) = _model.Do(ask, verdict);

            _shop.Execute(ask.Request, verdict);

            _shop.Result.Should().Be(result);
            Convert.ToHexString(_shop.AnswerBytes).Should().Be(Convert.ToHexString(answer));
            _shop.Entry.Length.Should().Match(length => length > 0 == (result == ExecutionResult.Entry));
            AssertExecutesAlike(newcomer, ask, verdict);

            foreach (ShopState state in new[] { _shop.State, _backup, newcomer })
                EffectReader.ApplyTo(state, new ReadOnlySequence<byte>(_shop.Entry));
            _backup.Digest().Should().Be(_shop.State.Digest());
            newcomer.Digest().Should().Be(_shop.State.Digest());
        }

        private void AssertExecutesAlike(ShopState newcomer, Ask ask, PostcodeVerdict verdict)
        {
            Execution decided = newcomer.Execute(ask.Request, verdict, ShopDriver.PlacedAt);
            decided.Result.Should().Be(_shop.Result);
            decided.Effects.Span.SequenceEqual(_shop.Entry).Should().BeTrue();
            decided.Answer.Span.SequenceEqual(_shop.AnswerBytes).Should().BeTrue();
        }

        /// <summary>Stock plus what is actively ordered never changes, but by the owner.</summary>
        private void AssertBooks()
        {
            var tables = new RecordedTables();
            _shop.State.WriteTo(tables);
            for (int i = 0; i < _books.Length; i++)
            {
                int ordered = tables.Orders.Where(o => o.Status == OrderStatus.Active).SelectMany(o => o.Lines).Where(l => l.Product == i).Sum(l => l.Quantity);
                (tables.Products[i].Product.Stock + ordered).Should().Be(_books[i]);
                tables.Products[i].Product.Stock.Should().Be(_model.Products[i].Stock).And.BeGreaterThanOrEqualTo(0);
                ordered.Should().Be(_model.ActivelyOrdered(Names[i]));
            }
        }

        /// <summary>The owner restocks, re-prices, retires or brings back a product.</summary>
        private void ChangeProduct(Step step)
        {
            int number = step.A % _books.Length;
            ShopModel.ModelProduct product = _model.Products[number];
            product.Stock += step.B % 3;
            _books[number] += step.B % 3;
            product.Price = 50 + (step.C % 3);
            product.Retired = step.C % 2 == 1;
            foreach (ShopState state in new[] { _shop.State, _backup })
                state.SetProduct(number, new Product(product.Name, product.Stock, new Pence(product.Price)), product.Retired);
        }

        private Ask Choose(Step step) => step.Action switch
        {
            < 8 => New(step, RequestKind.UserDetails, Details(step)),
            < 40 => New(step, RequestKind.PlaceOrder, Draft(step)),
            < 55 => New(step, RequestKind.Cancel, step.A % 6),
            < 58 => New(step, (RequestKind)(1 + (step.A % 3)), null),
            < 75 when _said[step.User].Count > 0 => Again(step),
            < 78 => Look(step, RequestKind.ProductList, 0),
            < 82 => Look(step, RequestKind.OrderCost, Lines(step)),
            < 84 => Look(step, RequestKind.OrderCost, null),
            < 86 => Look(step, RequestKind.ViewDetails, 0),
            < 90 => Look(step, RequestKind.ViewOrders, step.A % 4),
            _ => Look(step, RequestKind.ViewActive, step.A % 4),
        };

        private Ask New(Step step, RequestKind kind, object? body)
        {
            _sequences[step.User] += 1 + (ulong)(step.B % 20 / 19);
            ulong sequence = step.B % 50 == 49 ? 0 : _sequences[step.User];
            var ask = new Ask(
                new UserRequest(
                    Id(step.User), Key(step), new Sequence(sequence), new RequestId((ulong)((step.User * 1_000) + _said[step.User].Count + 1)), kind, Encode(kind, body)),
                body);
            _said[step.User].Add(ask);
            return ask;
        }

        /// <summary>An earlier update once more: the same, with its id under a later sequence, or with another body.</summary>
        private Ask Again(Step step)
        {
            List<Ask> said = _said[step.User];
            Ask earlier = said[Math.Max(0, said.Count - 1 - (step.A % 20))];
            Ask other = said[step.C % said.Count];
            return (step.B % 6) switch
            {
                0 => earlier with { Request = earlier.Request with { Sequence = new Sequence(++_sequences[step.User]) } },
                1 => other with { Request = earlier.Request with { Kind = other.Request.Kind, Body = other.Request.Body } },
                2 => earlier with { Request = earlier.Request with { Key = new UserKey(5, 5) } },
                _ => earlier,
            };
        }

        private static Ask Look(Step step, RequestKind kind, object? body) =>
            new(new UserRequest(Id(step.User), Key(step), Sequence.None, RequestId.None, kind, Encode(kind, body)), body);

        private static UserId Id(int user) => new((UInt128)(10 - user) << 70);

        private static UserKey Key(Step step) => step.A % 40 == 39 ? new UserKey(6, 6) : new UserKey((ulong)step.User, 1);

        private static CustomerDetails Details(Step step) =>
            ShopDriver.Ada with { FirstName = "Ada" + (step.A % 5), Postcode = "sw1a1aa", LastName = step.B % 10 == 9 ? "" : "Lovelace" };

        private static CartLine[] Lines(Step step) =>
            [.. Enumerable.Range(0, step.A % 7 == 6 ? 0 : 1 + (step.A % 3)).Select(i => new CartLine(
                Names[(step.B + (i * (1 + (step.C % 2)))) % Names.Length], step.C % 30 == 29 ? 0 : 1 + ((step.C + i) % 6)))];

        private static OrderDraft Draft(Step step) => new(
            Lines(step), (Delivery)(step.A % 25 == 24 ? 9 : 1 + (step.B % 3)), new Pence(step.C % 40 == 39 ? -1 : step.A % 100),
            step.B % 4 == 3 ? new Pence(150 + (step.C % 60)) : null);

        private static ReadOnlySequence<byte> Encode(RequestKind kind, object? body) => new(ShopDriver.Encode((ref MessagePack.MessagePackWriter writer) =>
        {
            switch (body)
            {
                case CustomerDetails details:
                    CustomerDetails.Write(ref writer, details);
                    break;
                case OrderDraft draft:
                    OrderDraft.Write(ref writer, draft);
                    break;
                case CartLine[] lines:
                    RequestBodies.WriteLines(ref writer, lines);
                    break;
                case int when kind is RequestKind.ProductList or RequestKind.ViewDetails:
                    writer.WriteNil();
                    break;
                case int orderId:
                    RequestBodies.WriteOrderId(ref writer, orderId);
                    break;
                default:
                    writer.Write("nonsense");
                    break;
            }
        }));
    }
}
