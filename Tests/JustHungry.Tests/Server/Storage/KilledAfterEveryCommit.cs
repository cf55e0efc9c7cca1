using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

/// <summary>
/// The log's thread, the tables' and the snapshots' work at the same time, and after each commit of the first two the disk is killed: a
/// start on what is left finds everything that was told, and tables that stand at an entry of the log.
/// </summary>
internal sealed class KilledAfterEveryCommit
{
    private const int StartsMost = 25;

    private static readonly RecordedShop Shop = new(users: 8, updates: 260);

    [Test]
    public void A_start_finds_all_that_was_told_and_two_files_that_meet([Values(1, 2)] int seed)
    {
        var random = new Random(seed);
        using var disk = new WatchedDisk();
        var work = new Work(disk, random);
        while (work.Goes())
        {
        }

        WatchedDisk.Left[] left = [.. disk.Kept];
        left.Select(l => l.ExpectedTables).Distinct().Count().Should().BeGreaterThan(Shop.Count / 10, "checkpoints of many slices went on meanwhile");
        left.SelectMany(l => l.Log.Keys).Distinct().Count(f => f.StartsWith("journal-", StringComparison.Ordinal)).Should().BeGreaterThan(2, "it took several segments");
        random.Shuffle(left);
        foreach (WatchedDisk.Left kill in left.Take(StartsMost))
            CheckStart(kill, disk.Id);
    }

    private static void CheckStart(WatchedDisk.Left left, DiskId id)
    {
        using TestDisk after = TestDisk.NotStarted();
        Directory.CreateDirectory(after.Directory);
        foreach ((string name, byte[] bytes) in left.Log.Concat(left.Tables))
            File.WriteAllBytes(Path.Combine(after.Directory, name), bytes);

        RecoveredDisk found = after.Start();
        found.Loss.Should().BeNull();
        found.Disk.Should().Be(id);
        found.Base.Should().Be(left.Expected.Base);
        found.Batches.Select(b => (b.First, b.LastPosition, b.Checksum)).Should().Equal(left.Expected.Batches.Select(b => (b.First, b.LastPosition, b.Checksum)));
        found.CheckpointAt.Should().Be(left.ExpectedTables);
        found.Shop.Digest().Should().Be(Shop.DigestAt(found.CheckpointAt.Index));
    }

    /// <summary>What a core asks of its disk, in any order that a core may choose.</summary>
    private sealed class Work(WatchedDisk disk, Random random)
    {
        private readonly Dictionary<TransferId, (EntryPosition At, ShopState Read)> _snapshots = [];
        private EntryPosition _committed = EntryPosition.Start;
        private EntryPosition _checkpoint = EntryPosition.Start;
        private ulong _epoch = 1;
        private ulong _transfers;

        /// <summary>One write, and perhaps a checkpoint and snapshots beside it. False once the whole shop is written.</summary>
        public bool Goes()
        {
            bool checkpoints = _committed.Index > _checkpoint.Index && random.Next(3) == 0;
            if (checkpoints)
                disk.Disk.Checkpoint([.. disk.Asked.Batches.Where(b => b.Last > _checkpoint.Index)], _committed);
            disk.Write(AnyWrite());

            foreach (TransferId transfer in _snapshots.Keys)
                disk.Disk.ReadSnapshot(transfer);
            foreach (TransferId _ in _snapshots.Keys.ToArray())
                TakeChunk(disk.Next<TestDisk.SnapshotRead>());
            if (random.Next(3) == 0)
                Open(new TransferId(++_transfers));

            disk.Next<TestDisk.Written>();
            if (checkpoints)
                _checkpoint = disk.Next<TestDisk.Checkpointed>().At;
            if (random.Next(2) == 0)
                _committed = disk.Asked.Last;
            return disk.Asked.Last.Index < Shop.Last;
        }

        /// <summary>Some entries more, perhaps in the place of the last ones, and perhaps with the log cut below the checkpoint.</summary>
        private LogWrite AnyWrite()
        {
            var write = new LogWrite();
            IReadOnlyList<LogBatch> batches = disk.Asked.Batches;
            int next = (int)disk.Asked.Last.Index.Value + 1;
            if (batches.Count > 0 && batches[^1].First > _committed.Index && random.Next(2) == 0)
            {
                write.CutFrom = batches[^1].First;
                next = (int)batches[^1].First.Value;
                _epoch++;
            }

            write.Append.Add(Shop.Batch(next, Math.Min(Shop.Count, next + random.Next(1, 9)), _epoch));
            int below = batches.TakeWhile(b => b.Last <= _checkpoint.Index).Count();
            if (below > 0 && random.Next(3) == 0)
                write.Base = batches[random.Next(below)].LastPosition;
            return write;
        }

        private void Open(TransferId transfer)
        {
            disk.Disk.OpenSnapshot(transfer);
            _snapshots.Add(transfer, (disk.Next<TestDisk.SnapshotOpened>().At, new ShopState()));
        }

        private void TakeChunk(TestDisk.SnapshotRead chunk)
        {
            (EntryPosition at, ShopState read) = _snapshots[chunk.Transfer];
            EffectReader.ApplyTo(read, new ReadOnlySequence<byte>(chunk.Rows));
            if (!chunk.Last)
                return;

            read.Digest().Should().Be(Shop.DigestAt(at.Index), "a snapshot stays as it was, whatever is committed meanwhile");
            disk.Disk.CloseSnapshot(chunk.Transfer);
            _snapshots.Remove(chunk.Transfer);
        }
    }
}
