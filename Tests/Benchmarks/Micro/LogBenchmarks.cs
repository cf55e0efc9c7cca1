using BenchmarkDotNet.Attributes;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Benchmarks.Micro;

/// <summary>One batch into the log, fsynced: what each round of orders costs on each replica.</summary>
[MemoryDiagnoser]
public class LogBenchmarks
{
    private const int EntryBytes = 215; // an order of two lines, including its answer

    private DirectoryInfo _directory = null!;
    private LogJournal _log = null!;
    private byte[] _entries = [];
    private EntryIndex _next = EntryIndex.None.Next;

    [Params(1, 16, 256)]
    public int OrdersInBatch { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _directory = Directory.CreateTempSubdirectory("justhungry-benchmark-log-");
        _log = LogJournal.Open(new JournalDirectory(_directory.FullName));
        _entries = new byte[EntryBytes * OrdersInBatch];
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _log.Dispose();
        _directory.Delete(recursive: true);
    }

    [Benchmark]
    public void Commit()
    {
        var write = new LogWrite();
        write.Append.Add(LogBatch.Create(_next, OrdersInBatch, new Epoch(1), _entries));
        write.Base = new EntryPosition(new EntryIndex(_next.Value - 1), new Epoch(_next == EntryIndex.None.Next ? 0ul : 1ul));
        _next += OrdersInBatch;
        _log.Write(write);
    }
}
