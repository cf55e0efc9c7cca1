using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Benchmarks.Load;

/// <summary>Every user gives its details once.</summary>
internal sealed class Introduction : IConversation
{
    private readonly byte[] _body;

    public Introduction()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        CustomerDetails.Write(ref writer, new CustomerDetails("Ada", "King", "020-7946-0000", "SW1A 1AA", "12 St James's Square"));
        writer.Flush();
        _body = output.WrittenSpan.ToArray();
    }

    public UserRequest? Next(BenchUser user)
    {
        if (user.Sequence != Sequence.None)
            return null;

        user.Sequence = new Sequence(1);
        user.RequestId = new RequestId(FreshIds.Next());
        return new UserRequest(user.Id, user.Key, user.Sequence, user.RequestId, RequestKind.UserDetails, new ReadOnlySequence<byte>(_body));
    }

    public void Answered(BenchUser user, in ReadOnlySequence<byte> answer)
    {
        if (Answer.Read(answer) is not DetailsAnswer)
            throw new BrokenPromiseException($"a user's details were refused: {Answer.Read(answer)}");
    }

    public void Measured(ReadOnlySpan<int> micros)
    {
    }
}
