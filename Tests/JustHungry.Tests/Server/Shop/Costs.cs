using System.Buffers;
using System.Diagnostics;
using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Shop;

/// <summary>What an order costs, in memory and work, must not depend on how many there are.</summary>
[NonParallelizable]
internal sealed class Costs
{
    private const int Orders = 50_000;

    [Test]
    public void An_order_of_two_lines_takes_at_most_250_bytes_with_its_indexes()
    {
        ShopDriver shop = Open(out User[] users, 64);
        Place(shop.State, users, 2_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        Place(shop.State, users, Orders);

        long after = GC.GetTotalMemory(forceFullCollection: true);
        ((after - before) / Orders).Should().BeInRange(50, 250);
        GC.KeepAlive(shop);
    }

    [Test]
    public void No_order_or_cancellation_copies_what_is_already_there()
    {
        ShopDriver shop = Open(out User[] users, 1);
        long most = Place(shop.State, users, Orders);

        // one new chunk of orders (40 KiB), one of lines (16 KiB) and one of a user's orders (4 KiB) at most, and what a request always takes
        most.Should().BeInRange(1_000, 80_000);
        shop.Do(users[0].Cancel(1)).Code.Should().Be(AnswerCode.Order);
        shop.Do(users[0].Cancel(Orders)).Code.Should().Be(AnswerCode.Order);
    }

    /// <summary>Prints; run it by name: <c>dotnet test Tests/JustHungry.Tests --filter Name~How_long_an_order_takes</c>.</summary>
    [Test]
    [Explicit("a measurement")]
    public void How_long_an_order_takes()
    {
        ShopDriver shop = Open(out User[] users, 1_024);
        Place(shop.State, users, 300_000);
        UserRequest[] requests = [.. Enumerable.Range(0, 200_000).Select(i => Order(users[i % users.Length]))];
        int collections = GC.CollectionCount(0);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long execute = 0;
        var watch = Stopwatch.StartNew();
        foreach (UserRequest request in requests)
        {
            long start = Stopwatch.GetTimestamp();
            Execution decided = shop.State.Execute(request, PostcodeVerdict.NotAsked, ShopDriver.PlacedAt);
            execute += Stopwatch.GetTimestamp() - start;
            EffectReader.ApplyTo(shop.State, new ReadOnlySequence<byte>(decided.Effects));
        }

        double each = watch.Elapsed.TotalMicroseconds / requests.Length;
        double executing = Stopwatch.GetElapsedTime(0, execute).TotalMicroseconds / requests.Length;
        allocated = (GC.GetAllocatedBytesForCurrentThread() - allocated) / requests.Length;
        TestContext.Progress.WriteLine(
            $"execute and apply: {each:0.00} µs an order, of which execute {executing:0.00}; {allocated} bytes allocated; {GC.CollectionCount(0) - collections} collections");
    }

    private static ShopDriver Open(out User[] users, int count)
    {
        var shop = new ShopDriver([.. Catalogue.Sample.Select(p => p with { Stock = Catalogue.StockMax })]);
        users = [.. Enumerable.Range(1, count).Select(i => new User((ulong)i))];
        foreach (User user in users)
            shop.Do(user.Details());
        return shop;
    }

    private static UserRequest Order(User user) => user.Order(("apple", 1), ("tomato", 2));

    /// <returns>The most bytes that any one order allocated.</returns>
    private static long Place(ShopState state, User[] users, int orders)
    {
        long most = 0;
        for (int i = 0; i < orders; i++)
        {
            UserRequest request = Order(users[i % users.Length]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Execution decided = state.Execute(request, PostcodeVerdict.NotAsked, ShopDriver.PlacedAt);
            EffectReader.ApplyTo(state, new ReadOnlySequence<byte>(decided.Effects));
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            if (decided.Result != ExecutionResult.Entry)
                Assert.Fail($"order {i}: {decided.Result}");
        }

        return most;
    }
}
