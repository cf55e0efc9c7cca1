using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Benchmarks.Load;

/// <summary>One look at the products.</summary>
internal sealed class StockTaking : IConversation
{
    private bool _asked;

    public IReadOnlyList<Product> Products { get; private set; } = [];

    public static IReadOnlyList<Product> Take(UserLink link)
    {
        var look = new StockTaking();
        link.Run(look);
        return look.Products;
    }

    public UserRequest? Next(BenchUser user)
    {
        if (_asked)
            return null;

        _asked = true;
        byte[] none = [MessagePackCode.Nil];
        return new UserRequest(user.Id, user.Key, Sequence.None, RequestId.None, RequestKind.ProductList, new ReadOnlySequence<byte>(none));
    }

    public void Answered(BenchUser user, in ReadOnlySequence<byte> answer) => Products = ((ProductsAnswer)Answer.Read(answer)).Products;

    public void Measured(ReadOnlySpan<int> micros)
    {
    }
}
