using System.Buffers;
using BenchmarkDotNet.Attributes;
using JustHungry.Benchmarks.Load;
using JustHungry.Server.Shop;

namespace JustHungry.Benchmarks.Micro;

/// <summary>One order of two lines in the shop: decided and applied (as a primary does), or only applied (as a backup does).</summary>
[MemoryDiagnoser]
public class ShopBenchmarks
{
    private const int Orders = 50_000;

    private readonly Menu _menu = new(MicroOrders.Products);
    private readonly List<byte[]> _entries = [];

    [GlobalSetup]
    public void Setup()
    {
        var user = new BenchUser();
        ShopState shop = MicroOrders.OpenShop(user);
        var opened = new ArrayBufferWriter<byte>();
        shop.WriteTo(new EffectWriter(opened));
        _entries.Add(opened.WrittenSpan.ToArray());
        for (int i = 0; i < Orders; i++)
            _entries.Add(MicroOrders.Execute(shop, MicroOrders.Request(_menu, user)).ToArray());
    }

    [Benchmark(OperationsPerInvoke = Orders)]
    public void ExecuteAndApply()
    {
        var user = new BenchUser();
        ShopState shop = MicroOrders.OpenShop(user);
        for (int i = 0; i < Orders; i++)
            MicroOrders.Execute(shop, MicroOrders.Request(_menu, user));
    }

    [Benchmark(OperationsPerInvoke = Orders)]
    public void Apply()
    {
        var shop = new ShopState();
        foreach (byte[] entry in _entries)
            EffectReader.ApplyTo(shop, new ReadOnlySequence<byte>(entry));
    }
}
