using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>A disk is stopped, or set aside, whatever it is doing: that is no failure, which would end the process.</summary>
[Parallelizable(ParallelScope.Self)]
internal sealed class StoppingTheDisk
{
    private static readonly RecordedShop Shop = new();

    [Test]
    public void Work_that_ends_early_because_its_worker_stops_has_not_failed()
    {
        Exception? failure = null;
        using var worker = new DiskWorker("test", e => failure = e);
        using var running = new ManualResetEventSlim();
        worker.Post(() =>
        {
            running.Set();
            worker.Stopping.WaitHandle.WaitOne();
            worker.Stopping.ThrowIfCancellationRequested();
        });
        running.Wait();

        worker.Dispose();

        failure.Should().BeNull();
    }

    [Test]
    public void Work_that_was_cancelled_by_anybody_else_has_failed()
    {
        var failed = new TaskCompletionSource<Exception>();
        using var worker = new DiskWorker("test", failed.SetResult);

        worker.Post(() => throw new OperationCanceledException());

        failed.Task.Wait(TimeSpan.FromSeconds(30)).Should().BeTrue();
    }

    [Test]
    public void Two_hundred_times_at_any_moment_of_a_load()
    {
        using var disk = TestDisk.Started();
        disk.Append(Shop.Batches());
        disk.Checkpoint(Shop.Batches(), RecordedShop.At(200));
        disk.Stop();
        disk.DropAnswers();
        using DataDirectory directory = DataDirectory.Open(disk.Directory);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            var open = ReplicaDisk.Open(directory, new BootId((UInt128)i), disk, TimeProvider.System, out _);
            open.Load();
            Thread.SpinWait(random.Next(30_000));
            open.Dispose();
        }

        disk.DropAnswers().OfType<Exception>().Should().BeEmpty();
    }
}
