using System.Buffers;
using FluentAssertions;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Server.Replication;
using JustHungry.Tests.Fakes;
using JustHungry.Tests.Server.Replication;
using NUnit.Framework;

namespace JustHungry.Tests.Fuzzing.OneReplica;

/// <summary>
/// A replica alone, among primaries that keep the rules. What they send comes in any order that the rules allow, and each piece of work
/// of its disk ends whenever it likes. A case takes milliseconds, so that overlaps which a whole cluster meets once in 10,000 seeds are met
/// in each run.
/// </summary>
internal sealed class FuzzingOneReplica
{
    private const int CoreSeconds = 6;
    private const int StepsMax = 160;

    [Test]
    public void Its_disk_holds_what_it_says_and_nothing_committed_is_lost()
    {
        var rare = new RareBranches();
        bool isWhole = FuzzRun.Repeat(random => new Course(random, rare).Run(), CoreSeconds, () => !rare.NeverMet.Any());
        rare.Print();
        if (isWhole)
            rare.NeverMet.Should().BeEmpty("it is for these that the replica is fuzzed alone");
    }

    /// <summary>One case.</summary>
    private sealed class Course
    {
        private readonly Random _random;
        private readonly RareBranches _rare;
        private readonly Primaries _primaries;
        private readonly LoneReplica _replica;
        private Transfer? _transfer;
        private ulong _transfers;
        private ulong _round;
        private ulong _users;

        public Course(Random random, RareBranches rare)
        {
            _random = random;
            _rare = rare;
            _primaries = new Primaries(random);
            _primaries.Begin(new PastEntry(1, LoneReplica.Opening));
            _replica = new LoneReplica(_primaries, rare);
        }

        /// <summary>What the primary of an epoch sends instead of entries.</summary>
        private sealed class Transfer(ulong epoch, TransferId id, EntryPosition at, int chunks)
        {
            public ulong Epoch => epoch;

            public TransferId Id => id;

            public EntryPosition At => at;

            public int Chunks => chunks;

            /// <summary>The chunk that was asked for and has not been sent; null: none.</summary>
            public int? Asked { get; set; }
        }

        public void Run()
        {
            int steps = _random.Next(StepsMax / 4, StepsMax);
            for (int i = 0; i < steps; i++)
            {
                Step();
                _replica.Check();
                if (_random.Next(3) > 0)
                    EndBatch();
            }

            EndBatch();
            BecomeLevel();
        }

        private void Step()
        {
            switch (_random.Next(20))
            {
                case 0 or 1:
                    AdvanceView();
                    break;
                case 2:
                    TellOf(_primaries.Epoch);
                    break;
                case 3:
                    _primaries.Commit();
                    break;
                case 4:
                    Extend();
                    break;
                case 5 or 6 or 7:
                    StepDisk();
                    break;
                case 8:
                    _replica.Pass(20 * _random.Next(1, 4));
                    break;
                case 9:
                    MoveTransfer();
                    break;
                case 10 when _random.Next(4) == 0:
                    _transfer = null;
                    _replica.Kill(stored: _random.Next(2) == 0);
                    break;
                case 11 when _replica.Core.IsLeading:
                    _replica.Execute(++_users);
                    break;
                case 12 when _random.Next(3) == 0:
                    _replica.Unlink(AnyEpoch());
                    break;
                default:
                    Append(AnyEpoch());
                    break;
            }
        }

        private void EndBatch()
        {
            _replica.EndBatch();
            while (_replica.Answers.TryDequeue(out SentFrame? answer))
            {
                if (_transfer is null)
                    continue;
                if (answer.Type == MessageType.TransferReady && answer.As<TransferReady>() is var ready && ready.Transfer == _transfer.Id)
                    _transfer.Asked = ready.NextChunk;
                else if (answer.Type == MessageType.TransferRefused)
                    _transfer = null;
            }
        }

        /// <summary>Usually the epoch that the replica is in; sometimes the latest one, or an old one.</summary>
        private ulong AnyEpoch() => _random.Next(8) switch
        {
            0 => _primaries.Epoch,
            1 => (ulong)_random.NextInt64((long)_primaries.Epoch) + 1,
            _ => Math.Max(1, _replica.Staged),
        };

        private void AdvanceView()
        {
            _primaries.Advance();
            if (_random.Next(3) > 0)
                TellOf(_primaries.Epoch);
        }

        private void TellOf(ulong epoch) => _replica.NewView(_primaries.ViewAt(epoch));

        private bool IsLedByIt(ulong epoch) => _primaries.ViewAt(epoch).Primary == ReplicaRig.Two.Id;

        private void Extend()
        {
            if (!IsLedByIt(_primaries.Epoch))
                _primaries.Extend(_primaries.Epoch, _random.Next(1, 5));
        }

        private void Append(ulong epoch)
        {
            if (IsLedByIt(epoch))
                return;

            int previous = _random.Next(2) == 0
                ? Math.Min((int)_replica.Log.Last.Index.Value, _primaries.LogOf(epoch).Count)
                : _random.Next(_primaries.LogOf(epoch).Count + 1);
            Append(epoch, previous, _random.Next(5));
        }

        /// <summary>Any batch of that primary's log, from any place on.</summary>
        private void Append(ulong epoch, int previous, int count)
        {
            IReadOnlyList<PastEntry> log = _primaries.LogOf(epoch);
            int last = previous;
            while (last < log.Count && last < previous + count && log[last].Epoch == log[previous].Epoch)
                last++;
            LogBatch? batch = last > previous ? PastEntry.Batch(log, previous + 1, last) : null;
            int commit = epoch == _primaries.Epoch ? _primaries.Committed.Count : 0;
            Epoch batchEpoch = batch?.Epoch ?? new Epoch(epoch);
            _rare.Met(Rare.AppendHeldInPart, batch is not null && _replica.Staged == epoch && !_replica.Log.IsDropped &&
                _replica.Log.EpochAt(batch.First) == batchEpoch && _replica.Log.EpochAt(batch.Last) != batchEpoch);
            _replica.Receive(epoch, new Append(
                new Epoch(epoch), new Round(++_round), PastEntry.PositionIn(log, previous), batchEpoch, batch?.Count ?? 0, batch?.Checksum ?? 0,
                batch?.Sequence ?? ReadOnlySequence<byte>.Empty, new EntryIndex((ulong)_random.Next(commit / 2, commit + 1))));
        }

        private void MoveTransfer()
        {
            if (_transfer is { } transfer && transfer.Epoch == _replica.Staged)
            {
                if (_random.Next(5) == 0)
                    Resume(transfer);
                else if (transfer.Asked is { } chunk)
                    SendChunk(transfer, chunk);
            }
            else if (!IsLedByIt(_primaries.Epoch) && !_primaries.Current.IsMember(ReplicaRig.Two))
            {
                BeginTransfer();
            }
        }

        private void BeginTransfer()
        {
            _transfer = new Transfer(
                _primaries.Epoch, new TransferId(++_transfers), PastEntry.PositionIn(_primaries.Committed, _random.Next(_primaries.Committed.Count + 1)), _random.Next(1, 3));
            bool wasDropped = _replica.Log.IsDropped;
            _replica.Receive(_transfer.Epoch, new TransferBegin(new Epoch(_transfer.Epoch), _transfer.Id, _transfer.At));
            bool begins = !wasDropped && _replica.Log.IsDropped;
            _rare.Met(Rare.TransferBegunDuringAWrite, begins && _replica.Disk.Running is not null);
            _rare.Met(Rare.TransferBegunDuringACheckpoint, begins && _replica.Disk.IsCheckpointing);
        }

        private void Resume(Transfer transfer)
        {
            _replica.Unlink(transfer.Epoch);
            if (_random.Next(2) == 0)
                EndBatch();
            transfer.Asked = null;
            _replica.Receive(transfer.Epoch, new TransferBegin(new Epoch(transfer.Epoch), transfer.Id, transfer.At));
            _rare.Met(Rare.TransferResumed, _replica.Disk.Log.IsInstalling);
        }

        private void SendChunk(Transfer transfer, int chunk)
        {
            transfer.Asked = null;
            var epoch = new Epoch(transfer.Epoch);
            byte[] rows = PastEntry.Started(1, (ulong)chunk + 1).Content.ToArray();
            if (chunk < transfer.Chunks)
                _replica.Receive(transfer.Epoch, new TransferRows(epoch, transfer.Id, chunk, Crc32C.Of(rows), new ReadOnlySequence<byte>(rows)));
            else if (chunk == transfer.Chunks)
                _replica.Receive(transfer.Epoch, new TransferEnd(epoch, transfer.Id, chunk));
            else
                _transfer = null;
        }

        /// <summary>One of the pieces of work that the disk has, if it has any.</summary>
        private bool StepDisk()
        {
            Action[] work =
            [
                .. _replica.Disk.Running is not null ? [_replica.EndWrite] : Array.Empty<Action>(),
                .. _replica.Disk.IsCheckpointing ? [() => _replica.StepCheckpoint(_random.Next(4))] : Array.Empty<Action>(),
                .. _replica.Disk.IsLoading && !_replica.Disk.IsCheckpointing ? [_replica.EndLoad] : Array.Empty<Action>(),
                .. _replica.Disk.IsInstalling ? [_replica.StepInstall] : Array.Empty<Action>(),
            ];
            if (work.Length == 0)
                return false;
            work[_random.Next(work.Length)]();
            return true;
        }

        /// <summary>Then all is well: one primary more, whose log it gets and acks and applies.</summary>
        private void BecomeLevel()
        {
            _primaries.Advance(mayLead: false);
            ulong epoch = _primaries.Epoch;
            TellOf(epoch);
            for (int rounds = 0; !IsLevel(epoch); rounds++)
            {
                rounds.Should().BeLessThan(300, "it should have become level");
                while (StepDisk())
                    EndBatch();
                _primaries.Commit();
                if (!_replica.Log.IsDropped)
                    SendMissing(epoch);
                else if (_transfer?.Epoch != epoch)
                    BeginTransfer();
                else if (_transfer.Asked is { } chunk)
                    SendChunk(_transfer, chunk);
                EndBatch();
                _replica.Pass(100);
                EndBatch();
            }
        }

        private bool IsLevel(ulong epoch) =>
            _primaries.Committed.Count == _primaries.LogOf(epoch).Count && !_replica.Log.IsDropped && _replica.Disk.IsIdle && _replica.Log.IsAllDurable &&
            _replica.Core.Replica.Shop is { IsLoaded: true } shop && shop.Index.Value == (ulong)_primaries.Committed.Count;

        private void SendMissing(ulong epoch)
        {
            IReadOnlyList<PastEntry> log = _primaries.LogOf(epoch);
            int previous = log.Count;
            while (_replica.Log.Base.Index.Value < (ulong)previous && !_replica.Log.Holds(PastEntry.PositionIn(log, previous)))
                previous--;
            Append(epoch, previous, log.Count);
            for (int i = previous + 1; i < log.Count; i++)
                Append(epoch, i, log.Count);
        }
    }
}
