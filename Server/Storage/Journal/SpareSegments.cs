using System.Globalization;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// Files for future segments: those that the log no longer needs, and new ones, which a thread of its own makes ahead of need. If that
/// fails, usually because the disk is full, nothing is lost until a segment is needed; then it is tried once more, since there may be space
/// again.
/// </summary>
internal sealed class SpareSegments : IDisposable
{
    private readonly IJournalDirectory _directory;
    private readonly JournalOptions _options;
    private readonly List<IJournalFile> _ready = []; // guarded by a lock on itself
    private readonly Queue<IJournalFile> _returned = []; // guarded by _ready
    private readonly DiskWorker _maker;
    private Exception? _failure; // guarded by _ready
    private bool _isMaking; // guarded by _ready
    private int _lastName; // the maker's thread only

    /// <param name="found">Existing files, which this object now owns.</param>
    public SpareSegments(IJournalDirectory directory, JournalOptions options, IEnumerable<IJournalFile> found)
    {
        (_directory, _options) = (directory, options);
        _lastName = directory.List().Select(NumberIn).DefaultIfEmpty().Max();
        _maker = new DiskWorker("journal space", Fail);
        foreach (IJournalFile file in found)
            Return(file);
    }

    public static string NameOf(int number) => JournalDirectory.Prefix + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Begins to make a file of this length, if there is none.</summary>
    public void Prepare(long bytes)
    {
        lock (_ready)
        {
            if (_isMaking || _failure is not null || _ready.Exists(file => file.Length >= bytes))
                return;
            _isMaking = true;
        }

        BeginToMake(bytes);
    }

    /// <summary>Takes a file of at least this length; waits until there is one.</summary>
    /// <exception cref="StorageException">No file can be made.</exception>
    public IJournalFile Take(long bytes)
    {
        bool hasTried = false;
        lock (_ready)
        {
            while (true)
            {
                int found = _ready.FindIndex(file => file.Length >= bytes);
                if (found >= 0)
                {
                    IJournalFile taken = _ready[found];
                    _ready.RemoveAt(found);
                    return taken;
                }

                if (!_isMaking)
                {
                    if (hasTried && _failure is { } failure)
                        throw failure as StorageException ?? new StorageException(failure.Message, failure);
                    (hasTried, _isMaking, _failure) = (true, true, null);
                    BeginToMake(bytes);
                }

                Monitor.Wait(_ready);
            }
        }
    }

    /// <summary>Takes back a segment that the log no longer needs: it is re-used, or deleted if it is small or there are enough.</summary>
    public void Return(IJournalFile file)
    {
        lock (_ready)
            _returned.Enqueue(file);
        _maker.Post(() => OrFail(TakeBack));
    }

    public void Dispose()
    {
        _maker.Dispose();
        foreach (IJournalFile file in _ready.Concat(_returned))
            file.Dispose();
    }

    private void BeginToMake(long bytes) => _maker.Post(() => OrFail(() => Make(bytes)));

    /// <summary>The maker's thread survives a failure, since the disk may be full only for a while.</summary>
    private void OrFail(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (!_maker.Stopping.IsCancellationRequested)
        {
            Fail(e);
        }
    }

    private void TakeBack()
    {
        IJournalFile file;
        lock (_ready)
        {
            file = _returned.Dequeue();
            if (file.Length == _options.MostBytes && _ready.Count < _options.SparesMost)
            {
                _ready.Add(file);
                Monitor.PulseAll(_ready);
                return;
            }
        }

        Delete(file);
    }

    private void Make(long bytes)
    {
        string name = NameOf(++_lastName);
        IJournalFile file = _directory.Create(name + JournalDirectory.Unfinished);
        try
        {
            SegmentSpace.Fill(file, 0, bytes, _maker.Stopping);
            _directory.Rename(file, name);
            _directory.Flush();
        }
        catch
        {
            Delete(file);
            throw;
        }

        lock (_ready)
        {
            _ready.Add(file);
            _isMaking = false;
            Monitor.PulseAll(_ready);
        }
    }

    private void Delete(IJournalFile file)
    {
        file.Dispose();
        _directory.Delete(file.Name);
    }

    private void Fail(Exception e)
    {
        lock (_ready)
        {
            _failure = e;
            _isMaking = false;
            Monitor.PulseAll(_ready);
        }
    }

    private static int NumberIn(string name) =>
        int.TryParse(name.AsSpan(JournalDirectory.Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
