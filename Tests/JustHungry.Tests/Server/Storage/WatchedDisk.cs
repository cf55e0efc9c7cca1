using System.Collections.Concurrent;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Journal;
using JustHungry.Simulator.Disk;

namespace JustHungry.Tests.Server.Storage;

/// <summary>
/// A real disk with small slices and segments, of whose files a copy is kept after each commit: what a kill at that moment would leave.
/// Each thread copies its own files, and takes those of the other as they were after the other's last commit.
/// </summary>
internal sealed class WatchedDisk : IReplicaDiskEvents, IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _parent = Directory.CreateTempSubdirectory("justhungry-test-").FullName;
    private readonly DataDirectory _data;
    private readonly ReplicaDisk _disk;
    private readonly Queue<LogImage> _asked = new();
    private readonly BlockingCollection<object> _answers = [];
    private Dictionary<string, byte[]> _logFiles = [];
    private Dictionary<string, byte[]> _tableFiles = [];
    private LogImage _log;
    private EntryPosition _tables = EntryPosition.Start;

    public WatchedDisk()
    {
        _data = DataDirectory.Open(Path.Combine(_parent, "disk"));
        _disk = ReplicaDisk.Open(_data, new BootId(1), this, TimeProvider.System, out RecoveredDisk recovered, (_, _) => LogCommitted(), options: Small with
        {
            TablesCommitted = TablesCommitted,
        });
        Id = recovered.Disk;
        Asked = _log = LogImage.Empty;
        (_logFiles, _tableFiles) = (Read(isTables: false), Read(isTables: true));
    }

    /// <summary>What a start would find: the files, and what they must turn out to hold.</summary>
    internal sealed record Left(Dictionary<string, byte[]> Log, Dictionary<string, byte[]> Tables, LogImage Expected, EntryPosition ExpectedTables);

    public static DiskOptions Small { get; } = new() { SliceEntries = 7, Journal = new JournalOptions { FirstBytes = 16 * 1024, MostBytes = 64 * 1024 } };

    public DiskId Id { get; }

    public ReplicaDisk Disk => _disk;

    /// <summary>The log after everything that was asked for.</summary>
    public LogImage Asked { get; private set; }

    public ConcurrentQueue<Left> Kept { get; } = new();

    public void Write(LogWrite write)
    {
        lock (_lock)
        {
            Asked = Asked.After(write);
            _asked.Enqueue(Asked);
        }

        _disk.Write(write);
    }

    /// <summary>The next answer of this kind; others that come before it are kept.</summary>
    public T Next<T>()
    {
        for (var passed = new List<object>(); ;)
        {
            if (!_answers.TryTake(out object? answer, TimeSpan.FromSeconds(30)))
                throw new TimeoutException($"no {typeof(T).Name}");
            if (answer is Exception failure)
                throw new InvalidOperationException("the disk failed", failure);
            if (answer is not T expected)
            {
                passed.Add(answer);
                continue;
            }

            passed.ForEach(_answers.Add);
            return expected;
        }
    }

    public void Dispose()
    {
        _disk.Dispose();
        _data.Dispose();
        Directory.Delete(_parent, recursive: true);
        _answers.Dispose();
    }

    void IReplicaDiskEvents.Written()
    {
        KeepLog(_log); // now the mark names it too
        _answers.Add(default(TestDisk.Written));
    }

    void IReplicaDiskEvents.Checkpointed(EntryPosition at) => _answers.Add(new TestDisk.Checkpointed(at));

    void IReplicaDiskEvents.Loaded(ShopState shop, EntryPosition at) => _answers.Add(new TestDisk.Loaded(shop, at));

    void IReplicaDiskEvents.SnapshotOpened(TransferId transfer, EntryPosition at) => _answers.Add(new TestDisk.SnapshotOpened(transfer, at));

    void IReplicaDiskEvents.SnapshotRead(TransferId transfer, ReadOnlyMemory<byte> rows, bool last) => _answers.Add(new TestDisk.SnapshotRead(transfer, rows, last));

    void IReplicaDiskEvents.InstallStored(TransferId transfer, int nextChunk) => _answers.Add(new TestDisk.InstallStored(transfer, nextChunk));

    void IReplicaDiskEvents.WasSetAside() => _answers.Add(default(TestDisk.WasSetAside));

    void IReplicaDiskEvents.Failed(Exception error) => _answers.Add(error);

    /// <summary>On the log's thread.</summary>
    private void LogCommitted()
    {
        LogImage committed;
        lock (_lock)
            committed = _asked.Dequeue();
        KeepLog(committed);
    }

    private void KeepLog(LogImage committed)
    {
        Dictionary<string, byte[]> files = Read(isTables: false);
        lock (_lock)
        {
            (_log, _logFiles) = (committed, files);
            Kept.Enqueue(new Left(_logFiles, _tableFiles, _log, _tables));
        }
    }

    /// <summary>On the tables' thread.</summary>
    private void TablesCommitted(EntryPosition at)
    {
        Dictionary<string, byte[]> files = Read(isTables: true);
        lock (_lock)
        {
            (_tables, _tableFiles) = (at, files);
            Kept.Enqueue(new Left(_logFiles, _tableFiles, _log, _tables));
        }
    }

    private Dictionary<string, byte[]> Read(bool isTables)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (string path in Directory.GetFiles(_data.Directory))
        {
            string name = Path.GetFileName(path);
            bool isOfTables = name.StartsWith("orders.db", StringComparison.Ordinal);
            if (isOfTables != isTables || name == "lock" || name.EndsWith("-shm", StringComparison.Ordinal))
                continue;

            try
            {
                // SQLite's locks are this process's, and closing any descriptor of its file drops them: nobody else opens this one.
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                byte[] bytes = new byte[file.Length];
                file.ReadExactly(bytes);
                files.Add(name, bytes);
            }
            catch (FileNotFoundException)
            {
                // a segment that the thread which makes space has just renamed or deleted
            }
        }

        return files;
    }
}
