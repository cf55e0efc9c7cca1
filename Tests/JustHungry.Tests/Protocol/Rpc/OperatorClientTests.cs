using FluentAssertions;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Protocol.Security;
using JustHungry.Tests.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Rpc;

public sealed class OperatorClientTests
{
    private static readonly Caller AsOperator = new("G", LinkSecurity.Off);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Test]
    public async Task An_operator_asks_one_question_after_another()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        await using OperatorClient client = await OperatorClient.ConnectAsync(loop.Endpoint, Role.NameServer, AsOperator, Patience, CancellationToken.None);

        await client.AskAsync<Ping, Pong>(default, CancellationToken.None);
        await client.AskAsync<Ping, Pong>(default, CancellationToken.None);

        loop.Core.Events.Should().Contain($"opened {Role.Operator}");
    }

    [Test]
    public async Task No_answer_in_time_is_a_lost_connection_and_says_whose()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnFrame = static (_, in _) => { };
        await using OperatorClient client = await OperatorClient.ConnectAsync(loop.Endpoint, Role.NameServer, AsOperator, TimeSpan.FromSeconds(1), CancellationToken.None);

        Func<Task> ask = () => client.AskAsync<Ping, Pong>(default, CancellationToken.None);

        await ask.Should().ThrowAsync<ConnectionLostException>().WithMessage($"{loop.Endpoint} did not answer within 1 s");
    }

    [Test]
    public async Task An_answer_of_another_kind_is_none()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.OnFrame = (connection, in frame) => loop.Loop.Send(connection, frame.Correlation, default(Pong));
        await using OperatorClient client = await OperatorClient.ConnectAsync(loop.Endpoint, Role.NameServer, AsOperator, Patience, CancellationToken.None);

        Func<Task> ask = () => client.AskAsync<GetView, ViewIs>(new GetView("G"), CancellationToken.None);

        await ask.Should().ThrowAsync<ConnectionLostException>().WithMessage("it answered Pong");
    }

    [Test]
    public async Task Asked_once_whoever_is_gone_or_refuses_has_no_answer()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync();
        loop.Core.Refusal = HelloRefusal.OtherGroup;
        (await OperatorClient.TryAskOnceAsync<Ping, Pong>(loop.Endpoint, Role.NameServer, AsOperator, default, Patience, CancellationToken.None)).Should().BeNull();
        loop.Core.Refusal = null;
        (await OperatorClient.TryAskOnceAsync<Ping, Pong>(loop.Endpoint, Role.NameServer, AsOperator, default, Patience, CancellationToken.None)).Should().NotBeNull();

        await loop.DisposeAsync();
        (await OperatorClient.TryAskOnceAsync<Ping, Pong>(loop.Endpoint, Role.NameServer, AsOperator, default, Patience, CancellationToken.None)).Should().BeNull();
    }
}
