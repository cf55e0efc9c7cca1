using System.IO.MemoryMappedFiles;

namespace JustHungry.Benchmarks.Rig;

/// <summary>
/// The counters of a daemon's runtime, in a small file that both processes map into memory. Written by the daemon, read by the benchmark.
/// </summary>
internal readonly record struct RuntimeCounters(long AllocatedBytes, long HeapBytes, long Collections, long PauseMicros)
{
    public const string FileVariable = "JUSTHUNGRY_BENCHMARK_COUNTERS";

    private const int FileBytes = 32;
    private const int IntervalMs = 20;

    /// <summary>Keeps the file up to date until the process ends; called in the daemon.</summary>
    public static void Show(string file)
    {
        var thread = new Thread(() =>
        {
            using var map = MemoryMappedFile.CreateFromFile(file, FileMode.OpenOrCreate, null, FileBytes);
            using MemoryMappedViewAccessor view = map.CreateViewAccessor();
            while (true)
            {
                var counters = new RuntimeCounters(
                    GC.GetTotalAllocatedBytes(), GC.GetTotalMemory(forceFullCollection: false), GC.CollectionCount(0), (long)GC.GetTotalPauseDuration().TotalMicroseconds);
                view.Write(0, ref counters);
                Thread.Sleep(IntervalMs);
            }
        })
        { IsBackground = true, Name = "benchmark counters" };
        thread.Start();
    }

    public static RuntimeCounters Read(string file)
    {
        if (!File.Exists(file))
            return default;

        using FileStream stream = File.Open(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (stream.Length < FileBytes)
            return default;

        using var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, FileBytes, MemoryMappedFileAccess.Read);
        view.Read(0, out RuntimeCounters counters);
        return counters;
    }
}
