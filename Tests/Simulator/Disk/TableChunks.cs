using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;

namespace JustHungry.Simulator.Disk;

/// <summary>Writes tables as chunks of a few effects each.</summary>
internal sealed class TableChunks : IShopTables
{
    private readonly int _effectsPerChunk;
    private readonly List<ReadOnlyMemory<byte>> _chunks = [];
    private readonly ArrayBufferWriter<byte> _output = new(512);
    private readonly EffectWriter _writer;
    private int _effects;

    public TableChunks(int effectsPerChunk)
    {
        _effectsPerChunk = effectsPerChunk;
        _writer = new EffectWriter(_output);
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Take()
    {
        EndChunk();
        return _chunks;
    }

    public void SetOwnerKey(KeyHash hash)
    {
        _writer.SetOwnerKey(hash);
        CountEffect();
    }

    public void SetProduct(int number, in Product product, bool retired)
    {
        _writer.SetProduct(number, product, retired);
        CountEffect();
    }

    public void SetStock(int productNumber, int stock)
    {
        _writer.SetStock(productNumber, stock);
        CountEffect();
    }

    public void SetCustomer(UserId user, KeyHash key, CustomerDetails? details)
    {
        _writer.SetCustomer(user, key, details);
        CountEffect();
    }

    public void AddAnswered(in AnsweredRequest request)
    {
        _writer.AddAnswered(request);
        CountEffect();
    }

    public void AddStrangersRefusal(ulong number, KeyHash key, in AnsweredRequest request)
    {
        _writer.AddStrangersRefusal(number, key, request);
        CountEffect();
    }

    public void AddOrder(in OrderRow order)
    {
        _writer.AddOrder(order);
        CountEffect();
    }

    public void SetOrderStatus(OrderNumber number, UserId user, int orderId, OrderStatus status)
    {
        _writer.SetOrderStatus(number, user, orderId, status);
        CountEffect();
    }

    private void CountEffect()
    {
        if (++_effects == _effectsPerChunk)
            EndChunk();
    }

    private void EndChunk()
    {
        if (_output.WrittenCount > 0)
            _chunks.Add(_output.WrittenSpan.ToArray());
        _output.ResetWrittenCount();
        _effects = 0;
    }
}
