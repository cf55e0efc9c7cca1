using FluentAssertions;
using JustHungry.FrontEnd.Hosting;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Tests.Fakes;
using NUnit.Framework;

namespace JustHungry.Tests.FrontEnd;

[NonParallelizable]
internal sealed class FrontEndMetricsTests
{
    [Test]
    public void A_listener_sees_requests_by_type_and_outcome_barriers_and_what_waits()
    {
        using var metrics = new FrontEndMetrics();
        using MeterRecord record = new(FrontEndMetrics.MeterName);
        FrontEndRig rig = FrontEndRig.Running();

        metrics.RequestAnswered(RequestKind.PlaceOrder, AnswerCode.Order);
        metrics.RequestAnswered(RequestKind.PlaceOrder, AnswerCode.Order);
        metrics.RequestAnswered(RequestKind.PlaceOrder, AnswerCode.LowStock);
        metrics.RequestAnswered(RequestKind.ProductList, AnswerCode.Products);
        metrics.BarrierSent(9);
        metrics.BarrierCompleted(9);
        metrics.BarrierCompleted(10); // one that was sent before anybody listened
        metrics.ViewChanged(isOwn: true);
        rig.Ask(rig.OpenUser());
        metrics.Sample(rig.Core, queued: 3);
        metrics.Sample(rig.Core, queued: 3);
        record.Observe();

        record.Sum("requests", ("type", "PlaceOrder"), ("outcome", "Done")).Should().Be(2, "each is counted once, however often it is looked");
        record.Sum("requests", ("type", "PlaceOrder"), ("outcome", "LowStock")).Should().Be(1);
        record.Sum("requests", ("type", "ProductList"), ("outcome", "Done")).Should().Be(1);
        record.Sum("view.changes", ("by", "this")).Should().Be(1);
        record.Count("barrier.time").Should().Be(1);
        record.Last("requests.waiting").Should().Be(1);
        record.Last("users").Should().Be(1);
        record.Last("loop.queue").Should().Be(3);
    }

    [Test]
    public void The_core_tells_of_each_answer_and_each_barrier()
    {
        FrontEndRig rig = FrontEndRig.Running();
        rig.Events.Answered.Should().BeEmpty();
        ConnectionId user = rig.OpenUser();
        rig.Ask(user);
        rig.Core.BeginStop(default);
        rig.Ask(user);

        rig.Events.Answered.Should().Equal([(RequestKind.PlaceOrder, AnswerCode.Overloaded)], "a stopping front end sends new requests away");
        rig.Events.Barriers.Should().BePositive("one showed that the view commits");
    }

    [Test]
    public void The_code_of_an_answer_is_read_without_reading_the_answer()
    {
        foreach (Answer answer in new Answer[] { new OrdersAnswer([], false), new RefusalAnswer(AnswerCode.Overloaded, NotSent: true), new ProductsAnswer([]) })
            Answer.CodeOf(new(answer.ToBytes())).Should().Be(answer.Code);
        Answer.CodeOf(default).Should().Be(default(AnswerCode));
        Answer.CodeOf(new([0xC0, 0x05])).Should().Be(default(AnswerCode));
    }
}
