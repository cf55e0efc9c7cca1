using CsCheck;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

internal sealed class Indexes
{
    [Test]
    public void A_chunked_list_keeps_everything_in_its_place_while_it_grows()
    {
        var list = new ChunkedList<int>();
        for (int i = 0; i < 5_000; i++)
            list.Add(i);
        list[1_024] = -1;

        list.Count.Should().Be(5_000);
        Enumerable.Range(0, 5_000).Select(i => list[i]).Should().Equal(Enumerable.Range(0, 5_000).Select(i => i == 1_024 ? -1 : i));
    }

    [Test]
    public void Every_user_is_found_under_his_number_at_every_size()
    {
        var index = new UserIndex();
        for (int i = 0; i < 3_000; i++)
        {
            UserId user = IdOf(i);
            index.TryFind(user, out _).Should().BeFalse();
            index.Add(user).Should().Be(i);
            if (i < 70 || i % 500 == 0)
                AssertAll(index, i + 1);
        }

        AssertAll(index, 3_000);

        static void AssertAll(UserIndex index, int count) =>
            Enumerable.Range(0, count).Select(i => index.TryFind(IdOf(i), out int number) ? number : -1).Should().Equal(Enumerable.Range(0, count));

        static UserId IdOf(int i) => new(((UInt128)(ulong)i << 100) | (ulong)(i * 7));
    }

    [Test]
    public void A_set_of_order_ids_behaves_as_a_sorted_set()
    {
        Gen.Select(Gen.Int[1, 70_000], Gen.Bool).Array[0, 400].Sample(steps =>
        {
            var set = new OrderIdSet();
            var model = new SortedSet<int>();
            foreach ((int id, bool add) in steps)
            {
                // removals hit something now and then
                int chosen = add || model.Count == 0 ? id : model.Min + ((id - model.Min) / 2);
                if (add)
                {
                    set.Add(id);
                    model.Add(id);
                }
                else
                {
                    int target = model.GetViewBetween(chosen, int.MaxValue) is { Count: > 0 } above ? above.Min : chosen;
                    set.Remove(target);
                    model.Remove(target);
                }
            }

            var found = new List<int>();
            for (int at = 0; set.TryGetNext(at, out int next); at = next)
                found.Add(next);
            found.Should().Equal(model);
        }, iter: 200);
    }

    [Test]
    public void Removing_what_was_never_added_changes_nothing()
    {
        var set = new OrderIdSet();
        set.Add(3);
        set.Remove(1_000_000);
        set.Remove(2);

        set.TryGetNext(0, out int id).Should().BeTrue();
        id.Should().Be(3);
        set.TryGetNext(3, out _).Should().BeFalse();
    }
}
