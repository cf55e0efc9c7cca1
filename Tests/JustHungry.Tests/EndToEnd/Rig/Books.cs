using FluentAssertions;
using JustHungry.Protocol.Ordering;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>What must hold after any disaster: the users' memories, the shop's answers and the replicas' disks tell one story.</summary>
internal static class Books
{
    /// <param name="members">The servers that are to be members in the end.</param>
    public static async Task CheckAsync(Cluster cluster, Load load, params string[] members)
    {
        await load.StopAsync();
        load.Users.Select(u => u.Contradiction).Should().OnlyContain(c => c == null);
        var taken = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (LoadUser user in load.Users)
        {
            await user.Shop.Client.ResumeAsync(CancellationToken.None); // one that is unknown still may be placed now, once
            var history = (OrdersAnswer)await user.Shop.OrdersAsync(onlyActive: false, CancellationToken.None);
            CheckHistory(user.Tries, history.Orders);
            foreach (OrderLine line in history.Orders.Where(o => o.Status == OrderStatus.Active).SelectMany(o => o.Lines))
                taken[line.Product] = taken.GetValueOrDefault(line.Product) + line.Quantity;
        }

        var products = (ProductsAnswer)await load.Users[0].Shop.ProductsAsync(CancellationToken.None);
        products.Products.Select(p => (p.Name, p.Stock + taken.GetValueOrDefault(p.Name)))
            .Should().Equal(cluster.Catalogue.Select(p => (p.Name, (long)p.Stock)), "what is left and what is ordered make what there was");
        await ReplicaTables.CheckEqualAsync(cluster, members);
    }

    private static void CheckHistory(IReadOnlyList<OrderTry> tries, IReadOnlyList<Order> history)
    {
        history.Select(o => o.OrderId).Should().Equal(Enumerable.Range(1, history.Count), "order ids count 1, 2, 3…");
        Dictionary<long, OrderTry> byTip = tries.ToDictionary(t => t.Tip);
        ILookup<long, Order> placed = history.ToLookup(o => o.Tip.Value);
        placed.Should().OnlyContain(orders => orders.Count() == 1, "no order is placed twice");
        history.Should().OnlyContain(o => byTip.ContainsKey(o.Tip.Value), "nobody ordered anything else");

        foreach (OrderTry tried in tries)
        {
            Order? order = placed[tried.Tip].SingleOrDefault();
            switch (tried.Placed)
            {
                case Outcome.Acknowledged:
                    CheckPromise(tried, order);
                    break;
                case Outcome.Refused or Outcome.NotSent:
                    order.Should().BeNull($"the order with tip {tried.Tip} was {tried.Placed}");
                    break;
            }

            if (order is not null)
                CheckContent(tried, order);
        }
    }

    private static void CheckPromise(OrderTry tried, Order? order)
    {
        order.Should().NotBeNull($"order {tried.Order!.OrderId} was acknowledged");
        order!.OrderId.Should().Be(tried.Order!.OrderId);
        OrderStatus[] allowed = tried.Cancelled switch
        {
            null or Outcome.Refused or Outcome.NotSent => [OrderStatus.Active],
            Outcome.Acknowledged => [OrderStatus.Cancelled],
            _ => [OrderStatus.Active, OrderStatus.Cancelled],
        };
        allowed.Should().Contain(order.Status);
    }

    private static void CheckContent(OrderTry tried, Order order)
    {
        order.Lines.Select(l => new CartLine(l.Product, l.Quantity)).Should().Equal(tried.Draft.Lines);
        order.Total.Value.Should().Be(order.Lines.Sum(l => l.Total.Value) + order.Delivery.Price().Value + order.Tip.Value);
    }
}
