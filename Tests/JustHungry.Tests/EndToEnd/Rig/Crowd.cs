using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Protocol.Rpc;
using MessagePack;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>
/// Customers who change their details again and again. Each change is an entry of about 3.7 KB: the longest names and address, and the
/// answer with them once more. So the log soon begins above entry 1, while the shop, with the last 16 answers of each, stays small.
/// </summary>
internal static class Crowd
{
    /// <summary>Each is some 30 KB of state.</summary>
    public const int Customers = 100;

    /// <summary>42 MB of entries: the log keeps 34 MB behind a checkpoint.</summary>
    private const int ChangesEach = 115;

    private static readonly string Long = new('\u98DF', OrderLimits.DetailCharsMax);

    public static async Task ChangeDetailsAsync(Endpoint frontEnd)
    {
        await using RpcClient link = await RpcClient.ConnectAsync(frontEnd, Role.FrontEnd, GreedyReader.OwnHello(), TimeSpan.FromSeconds(5), CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(1, Customers).Select(_ => ChangeDetailsAsync(link)));
    }

    private static async Task ChangeDetailsAsync(RpcClient link)
    {
        var user = new UserId(FreshIds.Next());
        for (ulong change = 1; change <= ChangesEach; change++)
        {
            var request = new UserRequest(user, default, new Sequence(change), new RequestId(FreshIds.Next()), RequestKind.UserDetails, Details(change));
            Answer answer = await link.CallAsync(new Request(request), frame => Answer.Read(frame.As<Reply>().Answer), CancellationToken.None);
            answer.Code.Should().Be(AnswerCode.Details);
        }
    }

    private static ReadOnlySequence<byte> Details(ulong change)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        CustomerDetails.Write(ref writer, new CustomerDetails(Long, Long, $"{change}", "SW1A 1AA", Long));
        writer.Flush();
        return new ReadOnlySequence<byte>(body.WrittenMemory);
    }
}
