using System.Buffers;
using System.Text.Json;
using FluentAssertions;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Sqlite;
using MessagePack;
using NUnit.Framework;

namespace JustHungry.Tests.Server.Storage;

internal sealed class KeepingTheCheckpoint
{
    private static readonly RecordedShop Shop = new(users: 5, updates: 400);

    private TestDisk _disk = null!;

    [SetUp]
    public void Start()
    {
        _disk = TestDisk.Started();
        _disk.Append(Shop.Batches());
    }

    [TearDown]
    public void Stop() => _disk.Dispose();

    [Test]
    public void What_is_loaded_is_the_state_at_the_tables_position([Values(0UL, 1UL, 7UL, 199UL, 400UL)] ulong index)
    {
        EntryPosition at = index == 0 ? EntryPosition.Start : RecordedShop.At(index);
        _disk.Checkpoint(Shop.Batches(), at).Should().Be(at);

        TestDisk.Loaded loaded = _disk.Load();

        loaded.At.Should().Be(at);
        loaded.Shop.Digest().Should().Be(Shop.DigestAt(at.Index));
    }

    [Test]
    public void Step_by_step_from_any_batches_it_is_the_same([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        for (int at = 0; at < Shop.Count;)
        {
            int from = random.Next(1, at + 2); // may begin earlier …
            int upTo = Math.Min(Shop.Count, at + random.Next(1, 60));
            int to = random.Next(upTo, Shop.Count + 1); // … and end later
            int middle = random.Next(from, to + 1);
            LogBatch[] batches = middle < to ? [Shop.Batch(from, middle), Shop.Batch(middle + 1, to)] : [Shop.Batch(from, to)];
            _disk.Checkpoint(batches, RecordedShop.At((ulong)upTo)).Should().Be(RecordedShop.At((ulong)upTo));

            _disk.Load().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex((ulong)upTo)));
            if (random.Next(3) == 0)
                _disk.Restart().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex((ulong)upTo)));
            at = upTo;
        }
    }

    [Test]
    public void Entries_at_or_below_the_position_are_not_applied_again()
    {
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(300));

        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(100)).Should().Be(RecordedShop.At(300));

        _disk.Load().Shop.Digest().Should().Be(Shop.DigestAt(new EntryIndex(300)));
    }

    [Test]
    public void A_checkpoint_that_would_leave_out_an_entry_is_a_broken_invariant()
    {
        _disk.Disk.Checkpoint([Shop.Batch(2, 10)], RecordedShop.At(10));

        _disk.Next<InvariantException>();
        _disk.Restart().CheckpointAt.Should().Be(EntryPosition.Start);
    }

    [Test]
    public void An_answered_request_is_known_after_a_restart_and_older_ones_are_pruned()
    {
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(Shop.Last.Value));

        Query("select count(*) from requests").Should().Be("80", "5 busy customers keep 16 answers each");
        Query("select count(*) from refusals").Should().Be("1", "a stranger's is kept apart");
        Query("select max(requests.sequence) = customers.sequence from customers join requests on customer = id group by id")
            .Should().Be("1,1,1,1,1");
        Query("select distinct max(sequence) - min(sequence) from requests group by customer order by 1").Should().Be("15");
    }

    [Test]
    public void Sequences_with_gaps_and_in_the_upper_half_of_64_bits_keep_their_order()
    {
        ulong[] sequences = [1, 5, long.MaxValue, long.MaxValue + 1UL, ulong.MaxValue - 1, ulong.MaxValue, ulong.MaxValue];
        var effects = new ArrayBufferWriter<byte>();
        var writer = new EffectWriter(effects);
        writer.SetCustomer(new UserId(1), KeyHash.Of(new UserKey(1, 1)), null);
        foreach (ulong sequence in sequences)
            writer.AddAnswered(new AnsweredRequest(new UserId(1), new Sequence(sequence), new RequestId(sequence), sequence, new ReadOnlySequence<byte>([1, 2, 3])));
        var expected = new ShopState();
        EffectReader.ApplyTo(expected, new ReadOnlySequence<byte>(effects.WrittenMemory));
        LogBatch batch = Entry(1, effects);
        using TestDisk disk = TestDisk.Started();
        disk.Append(batch);

        disk.Checkpoint([batch], RecordedShop.At(1));

        disk.Load().Shop.Digest().Should().Be(expected.Digest());
    }

    [Test]
    public void Strangers_refusals_beyond_what_is_kept_replace_the_oldest()
    {
        var expected = new ShopState();
        using TestDisk disk = TestDisk.Started();
        ulong number = 0;
        int[] refused = [Strangers.KeptMax - 1, 3, Strangers.KeptMax + 2];
        for (int i = 0; i < refused.Length; i++)
        {
            var effects = new ArrayBufferWriter<byte>();
            var writer = new EffectWriter(effects);
            for (int j = 0; j < refused[i]; j++)
            {
                number++;
                writer.AddStrangersRefusal(number, KeyHash.Of(new UserKey(number % 7, 1)), new AnsweredRequest(
                    new UserId(number % 7), new Sequence(number), new RequestId(number), number, new ReadOnlySequence<byte>([1, 2, 3])));
            }

            EffectReader.ApplyTo(expected, new ReadOnlySequence<byte>(effects.WrittenMemory));
            LogBatch batch = Entry((ulong)i + 1, effects);
            disk.Append(batch);
            disk.Checkpoint([batch], RecordedShop.At((ulong)i + 1));

            disk.Restart().Shop.Digest().Should().Be(expected.Digest());
            using var database = new SqliteDatabase(disk.OrdersFile);
            database.Number("select count(*) from refusals").Should().Be((long)Math.Min(number, Strangers.KeptMax));
            database.Number("select max(number) from refusals").Should().Be((long)number);
        }
    }

    [Test]
    public void The_tables_can_be_read_for_reports()
    {
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(Shop.Last.Value));

        Query("select count(*) from orders where total <> tip + 100 + (select sum(quantity * price) from order_lines l where l.number = orders.number)")
            .Should().Be("0");
        Query("select product, price from order_lines group by product order by product").Should().Be("crème \"brûlée\" \\ 🍮|450,kale|99");
        Query("select distinct status from orders order by status").Should().Be("Active,Cancelled");
        Query("select distinct delivery from orders").Should().Be("same-day");
        Query("select count(distinct customer) from orders join customers on customer = id where first_name in ('Ada', 'Zoë')").Should().Be("5");
        string lines = Query("select lines from orders where number = 1");
        using JsonDocument json = JsonDocument.Parse(lines);
        json.RootElement[1].GetRawText().Should().Be("{\"number\":6,\"product\":\"kale\",\"quantity\":1,\"price\":99}");
    }

    [Test]
    public void A_report_that_is_being_read_stops_nobody()
    {
        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(100));
        using var report = new SqliteDatabase(_disk.OrdersFile);
        report.Execute("begin");
        long before = report.Number("select count(*) from orders");

        _disk.Checkpoint(Shop.Batches(), RecordedShop.At(400)).Should().Be(RecordedShop.At(400));

        report.Number("select count(*) from orders").Should().Be(before);
    }

    private static LogBatch Entry(ulong index, ArrayBufferWriter<byte> effects)
    {
        var entry = new ArrayBufferWriter<byte>();
        var bin = new MessagePackWriter(entry);
        bin.Write(effects.WrittenSpan);
        bin.Flush();
        return LogBatch.Create(new EntryIndex(index), 1, new Epoch(1), entry.WrittenMemory);
    }

    private string Query(string sql)
    {
        using var database = new SqliteDatabase(_disk.OrdersFile);
        using SqliteStatement query = database.Prepare(sql);
        var rows = new List<string>();
        int columns = sql.StartsWith("select product,", StringComparison.Ordinal) ? 2 : 1;
        while (query.Step())
            rows.Add(string.Join('|', Enumerable.Range(0, columns).Select(query.Text)));
        return string.Join(',', rows);
    }
}
