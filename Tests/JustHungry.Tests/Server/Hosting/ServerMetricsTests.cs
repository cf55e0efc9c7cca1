using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Hosting;
using JustHungry.Server.Replication;
using JustHungry.Tests.Fakes;
using JustHungry.Tests.Server.Storage;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Hosting;

[NonParallelizable]
internal sealed class ServerMetricsTests
{
    [Test]
    public void A_listener_sees_each_batch_its_commit_and_views()
    {
        using var metrics = new ServerMetrics();
        using var record = new MeterRecord(ServerMetrics.MeterName);
        var shop = new RecordedShop();
        var write = new LogWrite();
        write.Append.AddRange([shop.Batch(1, 10), shop.Batch(11, 13)]);

        metrics.Committed(write, TimeSpan.FromMilliseconds(1));
        metrics.Committed(new LogWrite(), TimeSpan.FromMilliseconds(1)); // a view, no entries
        metrics.ViewAdopted(ReplicaRole.Backup);

        record.Sum("entries").Should().Be(13);
        record.Count("batch.entries").Should().Be(1);
        record.Last("batch.entries").Should().Be(13);
        record.Count("commit.time").Should().Be(1);
        record.Last("commit.time").Should().BePositive();
        record.Sum("view.changes", ("role", "Backup")).Should().Be(1);
    }

    [Test]
    public void A_follower_that_left_has_no_lag_and_not_its_last_one()
    {
        using var metrics = new ServerMetrics();
        using var record = new MeterRecord(ServerMetrics.MeterName);

        metrics.SampleLags([(new ReplicaId("2"), 7), (new ReplicaId("3"), 0)]);
        record.Observe();
        record.Last("follower.lag", ("follower", "2")).Should().Be(7);
        metrics.SampleLags([(new ReplicaId("2"), 1)]);
        record.Observe();

        record.Last("follower.lag", ("follower", "2")).Should().Be(1);
        record.Last("follower.lag", ("follower", "3")).Should().Be(double.NaN);
    }

    [Test]
    public void What_nobody_listens_to_is_not_measured_and_allocates_nothing()
    {
        using var metrics = new ServerMetrics();
        var write = new LogWrite();
        write.Append.Add(new RecordedShop().Batch(1, 10));
        metrics.Committed(write, TimeSpan.FromMilliseconds(1));

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            metrics.Committed(write, TimeSpan.FromMilliseconds(1));

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
