using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

internal sealed class KeepingTheLog
{
    private static readonly RecordedShop Shop = new();

    private TestDisk _disk = null!;

    [SetUp]
    public void Start() => _disk = TestDisk.Started();

    [TearDown]
    public void Stop() => _disk.Dispose();

    [Test]
    public void A_new_disk_is_empty()
    {
        RecoveredDisk empty = _disk.Recovered;

        empty.Adopted.Should().BeNull();
        empty.Base.Should().Be(EntryPosition.Start);
        empty.Batches.Should().BeEmpty();
        empty.CheckpointAt.Should().Be(EntryPosition.Start);
        empty.Disk.Should().NotBe(DiskId.None);
        empty.Shop.IsOpen.Should().BeFalse();
    }

    [Test]
    public void Batches_and_the_adopted_view_come_back()
    {
        View view = ViewOf(3);
        var write = new LogWrite { Adopt = view };
        write.Append.AddRange(Shop.Batches());
        _disk.Write(write);

        RecoveredDisk recovered = _disk.Restart();

        Same(recovered.Batches, Shop.Batches());
        recovered.Adopted!.HasSameContentAs(view).Should().BeTrue();
    }

    [Test]
    public void A_cut_inside_a_batch_is_a_cut_of_the_batch_and_its_shorter_self()
    {
        _disk.Append(Shop.Batch(1, 10), Shop.Batch(11, 20), Shop.Batch(21, 30));

        var write = new LogWrite { Adopt = ViewOf(2), CutFrom = new EntryIndex(11) };
        write.Append.AddRange([Shop.Batch(11, 14), Shop.Batch(15, 40, epoch: 2)]);
        _disk.Write(write);

        Same(_disk.Restart().Batches, [Shop.Batch(1, 10), Shop.Batch(11, 14), Shop.Batch(15, 40, epoch: 2)]);
    }

    [Test]
    public void What_was_cut_stays_cut_and_the_log_goes_on_after_it()
    {
        _disk.Append(Shop.Batch(1, 10), Shop.Batch(11, 20));
        _disk.Write(new LogWrite { CutFrom = new EntryIndex(11) });
        _disk.Append(Shop.Batch(11, 12, epoch: 2));

        Same(_disk.Restart().Batches, [Shop.Batch(1, 10), Shop.Batch(11, 12, epoch: 2)]);
    }

    [Test]
    public void The_log_is_trimmed_below_a_checkpoint_and_remembers_the_last_entry_cut()
    {
        _disk.Append(Shop.Batches());
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(30)).Should().Be(RecordedShop.At(30));
        _disk.Write(new LogWrite { Base = RecordedShop.At(30) });

        RecoveredDisk recovered = _disk.Restart();

        recovered.Base.Should().Be(RecordedShop.At(30));
        recovered.CheckpointAt.Should().Be(RecordedShop.At(30));
        Same(recovered.Batches, Shop.Batches()[3..]);
        recovered.Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(30)));
    }

    [Test]
    public void A_base_inside_a_batch_keeps_the_batch_whole()
    {
        _disk.Append(Shop.Batch(1, 10, epoch: 1), Shop.Batch(11, 20, epoch: 2));
        _disk.Checkpoint([Shop.Batch(1, 10, epoch: 1), Shop.Batch(11, 20, epoch: 2)], RecordedShop.At(15, 2));
        _disk.Write(new LogWrite { Base = RecordedShop.At(15, 2) });

        RecoveredDisk recovered = _disk.Restart();

        recovered.Base.Should().Be(RecordedShop.At(10, 1));
        recovered.CheckpointAt.Should().Be(RecordedShop.At(15, 2));
        Same(recovered.Batches, [Shop.Batch(11, 20, epoch: 2)]);
    }

    [Test]
    public void A_log_that_was_trimmed_whole_goes_on_after_its_base()
    {
        _disk.Append(Shop.Batches());
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(Shop.Last.Value));
        _disk.Write(new LogWrite { Base = RecordedShop.At(Shop.Last.Value) });

        RecoveredDisk recovered = _disk.Restart();
        LogBatch next = LogBatch.Create(Shop.Last.Next, 1, new Epoch(1), Shop.Batch(1, 1).Entries);
        _disk.Append(next);

        recovered.Batches.Should().BeEmpty();
        recovered.Base.Should().Be(RecordedShop.At(Shop.Last.Value));
        Same(_disk.Restart().Batches, [next]);
    }

    [Test]
    public void A_gap_in_the_log_is_a_broken_invariant()
    {
        _disk.Append(Shop.Batch(1, 10));

        _disk.Disk.Write(new LogWrite { Append = { Shop.Batch(12, 20) } });

        _disk.Next<InvariantException>();
        Same(_disk.Restart().Batches, [Shop.Batch(1, 10)]);
    }

    [Test]
    public void An_epoch_that_falls_is_a_broken_invariant([Values] bool ofTheView)
    {
        _disk.Write(new LogWrite { Adopt = ViewOf(5), Append = { Shop.Batch(1, 10, epoch: 5) } });

        _disk.Disk.Write(ofTheView ? new LogWrite { Adopt = ViewOf(4) } : new LogWrite { Append = { Shop.Batch(11, 12, epoch: 4) } });

        _disk.Next<InvariantException>();
    }

    [Test]
    public void An_adopted_epoch_does_not_fall_after_a_restart()
    {
        _disk.Write(new LogWrite { Adopt = ViewOf(5) });
        _disk.Restart();

        _disk.Disk.Write(new LogWrite { Adopt = ViewOf(5) });

        _disk.Next<InvariantException>();
    }

    [Test]
    public void After_a_failure_nothing_more_is_done()
    {
        _disk.Disk.Write(new LogWrite { Append = { Shop.Batch(2, 2) } });
        _disk.Disk.Write(new LogWrite { Append = { Shop.Batch(1, 10) } });

        _disk.Next<InvariantException>();
        _disk.Restart().Batches.Should().BeEmpty();
    }

    [Test]
    public void The_running_commit_is_finished_before_the_disk_is_closed()
    {
        _disk.Disk.Write(new LogWrite { Append = { Shop.Batch(1, Shop.Count) } });
        _disk.Next<TestDisk.Written>();
        _disk.Disk.Write(new LogWrite { CutFrom = new EntryIndex(1) });

        // begun or dropped, but never half
        _disk.Restart().Batches.Should().Match<IReadOnlyList<LogBatch>>(found => found.Count == 0 || found.Count == 1);
    }

    internal static View ViewOf(ulong epoch) =>
        new(new ClusterId(7), "JH_orders", new Epoch(epoch), new ReplicaId("1"), [new Member(new ReplicaId("1"), new DiskId(1)),
            new Member(new ReplicaId("york-b"), new DiskId(2))], new Member(new ReplicaId("3"), new DiskId(3)), 2, 0);

    internal static void Same(IReadOnlyList<LogBatch> found, IReadOnlyList<LogBatch> expected)
    {
        found.Select(b => b.ToString()).Should().Equal(expected.Select(b => b.ToString()));
        for (int i = 0; i < found.Count; i++)
        {
            found[i].Checksum.Should().Be(expected[i].Checksum);
            found[i].Entries.Span.SequenceEqual(expected[i].Entries.Span).Should().BeTrue();
        }
    }
}
