using System.Collections.Concurrent;
using FluentAssertions;
using JustHungry.Protocol.Loops;
using NUnit.Framework;

namespace JustHungry.Tests.Protocol.Loops;

public sealed class ThreadedTimeTests
{
    [Test]
    public async Task An_idle_loops_ticks_wake_no_thread_of_the_pool()
    {
        await using LoopFixture loop = await LoopFixture.StartAsync(ThreadedTime.Instance);
        var threads = new ConcurrentQueue<bool>();
        loop.Core.OnTick = _ => threads.Enqueue(Thread.CurrentThread.IsThreadPoolThread);

        (await LoopFixture.BecomesTrueAsync(() => threads.Count >= 5)).Should().BeTrue();

        threads.ToArray()[1..].Should().NotContain(true, "only the first may be queued before the loop waits");
    }

    [Test]
    public async Task A_timer_waits_until_it_is_due_and_keeps_its_period()
    {
        var calls = new ConcurrentQueue<TimeSpan>();
        long began = TimeProvider.System.GetTimestamp();
        await using ITimer timer = ThreadedTime.Instance.CreateTimer(
            _ => calls.Enqueue(TimeProvider.System.GetElapsedTime(began)), null, TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(10));

        (await LoopFixture.BecomesTrueAsync(() => calls.Count >= 3)).Should().BeTrue();

        calls.ElementAt(0).TotalMilliseconds.Should().BeGreaterThanOrEqualTo(30);
        calls.ElementAt(2).TotalMilliseconds.Should().BeGreaterThanOrEqualTo(50);
    }

    [Test]
    public async Task A_timer_can_be_changed_and_fires_no_more_once_disposed()
    {
        using var fired = new SemaphoreSlim(0);
        ITimer timer = ThreadedTime.Instance.CreateTimer(_ => fired.Release(), null, Timeout.InfiniteTimeSpan, TimeSpan.FromDays(1));
        timer.Change(TimeSpan.Zero, TimeSpan.FromDays(1)).Should().BeTrue();
        (await fired.WaitAsync(TimeSpan.FromSeconds(10))).Should().BeTrue();

        timer.Dispose();

        timer.Change(TimeSpan.Zero, TimeSpan.FromDays(1)).Should().BeFalse();
        fired.CurrentCount.Should().Be(0, "it was due once");
    }

    [Test]
    public async Task Time_outs_take_no_thread_each()
    {
        var onPool = new TaskCompletionSource<bool>();
        await using ITimer timer = ThreadedTime.Instance.CreateTimer(
            _ => onPool.TrySetResult(Thread.CurrentThread.IsThreadPoolThread), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);

        (await onPool.Task.WaitAsync(TimeSpan.FromSeconds(10))).Should().BeTrue("there may be one for each connection");
    }
}
