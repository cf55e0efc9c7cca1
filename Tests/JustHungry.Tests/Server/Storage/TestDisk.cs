using System.Collections.Concurrent;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Replication;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage;

namespace JustHungry.Tests.Server.Storage;

/// <summary>A disk in a directory of its own, and its answers in the order in which they came.</summary>
internal sealed class TestDisk : IReplicaDiskEvents, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly BlockingCollection<object> _answers = [];
    private readonly string _parent;
    private DataDirectory? _data;

    public TestDisk() : this(System.IO.Directory.CreateTempSubdirectory("justhungry-test-").FullName)
    {
    }

    /// <param name="parent">A directory that this disk owns and deletes.</param>
    public TestDisk(string parent)
    {
        _parent = parent;
        Directory = Path.Combine(parent, "disk");
    }

    public string Directory { get; }

    public ReplicaDisk Disk { get; private set; } = null!;

    public RecoveredDisk Recovered { get; private set; } = null!;

    /// <summary>The journal of a disk that holds little.</summary>
    public string LogFile => Path.Combine(Directory, "journal-1");

    public string OrdersFile => Path.Combine(Directory, "orders.db");

    public static TestDisk NotStarted() => new();

    public static TestDisk Started()
    {
        var disk = new TestDisk();
        disk.Start();
        return disk;
    }

    public RecoveredDisk Start()
    {
        _data = DataDirectory.Open(Directory);
        Disk = ReplicaDisk.Open(_data, new BootId(FreshIds.Next()), this, TimeProvider.System, out RecoveredDisk recovered);
        return Recovered = recovered;
    }

    public void Stop()
    {
        Disk?.Dispose();
        _data?.Dispose();
    }

    public RecoveredDisk Restart()
    {
        Stop();
        return Start();
    }

    /// <summary>What a kill at this moment would leave, in another directory: the files as they are now.</summary>
    public TestDisk Killed()
    {
        var copy = new TestDisk();
        System.IO.Directory.CreateDirectory(copy.Directory);
        foreach (string file in System.IO.Directory.GetFiles(Directory))
        {
            if (!file.EndsWith("-shm", StringComparison.Ordinal) && Path.GetFileName(file) != "lock")
                CopyOpenFile(file, Path.Combine(copy.Directory, Path.GetFileName(file)));
        }

        return copy;
    }

    /// <summary>The next answer, which must be of this kind.</summary>
    public T Next<T>()
    {
        object answer = NextAny();
        return answer is T expected ? expected : throw new InvalidOperationException($"{answer} where a {typeof(T).Name} was expected");
    }

    public object NextAny() =>
        _answers.TryTake(out object? answer, Deadline) ? answer : throw new TimeoutException($"no answer within {Deadline}");

    /// <summary>The answers that nobody asked for.</summary>
    public IReadOnlyList<object> DropAnswers()
    {
        List<object> dropped = [];
        while (_answers.TryTake(out object? answer))
            dropped.Add(answer);
        return dropped;
    }

    public void Write(LogWrite write)
    {
        Disk.Write(write);
        Next<Written>();
    }

    public void Append(params IEnumerable<LogBatch> batches)
    {
        var write = new LogWrite();
        write.Append.AddRange(batches);
        Write(write);
    }

    public EntryPosition Checkpoint(IReadOnlyList<LogBatch> batches, EntryPosition upTo)
    {
        Disk.Checkpoint(batches, upTo);
        return Next<Checkpointed>().At;
    }

    public Loaded Load()
    {
        Disk.Load();
        return Next<Loaded>();
    }

    public void Dispose()
    {
        Stop();
        System.IO.Directory.Delete(_parent, recursive: true);
        _answers.Dispose();
    }

    void IReplicaDiskEvents.Written() => _answers.Add(default(Written));

    void IReplicaDiskEvents.Checkpointed(EntryPosition at) => _answers.Add(new Checkpointed(at));

    void IReplicaDiskEvents.Loaded(ShopState shop, EntryPosition at) => _answers.Add(new Loaded(shop, at));

    void IReplicaDiskEvents.SnapshotOpened(TransferId transfer, EntryPosition at) => _answers.Add(new SnapshotOpened(transfer, at));

    void IReplicaDiskEvents.SnapshotRead(TransferId transfer, ReadOnlyMemory<byte> rows, bool last) => _answers.Add(new SnapshotRead(transfer, rows, last));

    void IReplicaDiskEvents.InstallStored(TransferId transfer, int nextChunk) => _answers.Add(new InstallStored(transfer, nextChunk));

    void IReplicaDiskEvents.WasSetAside() => _answers.Add(default(WasSetAside));

    void IReplicaDiskEvents.Failed(Exception error) => _answers.Add(error);

    private static void CopyOpenFile(string from, string to)
    {
        // Closing a file drops this process's POSIX locks on it, SQLite's too: harmless here, where no other process opens it.
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = new FileStream(to, FileMode.CreateNew);
        source.CopyTo(target);
    }

    internal readonly record struct Written;

    internal readonly record struct WasSetAside;

    internal readonly record struct Checkpointed(EntryPosition At);

    internal readonly record struct Loaded(ShopState Shop, EntryPosition At);

    internal readonly record struct SnapshotOpened(TransferId Transfer, EntryPosition At);

    internal readonly record struct SnapshotRead(TransferId Transfer, ReadOnlyMemory<byte> Rows, bool Last);

    internal readonly record struct InstallStored(TransferId Transfer, int NextChunk);
}
