using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Tests.Server.Storage.Journal;

/// <summary>
/// Files in memory that know what was synced and what was not, so that a loss of power can be played at every step: of what was not
/// synced, any sector and any name may be there or not.
/// </summary>
internal sealed class PoweredFiles : IJournalDirectory
{
    private const int SectorBytes = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Content> _names = [], _durableNames = [];

    /// <summary>Called before each step that changes something, and under the lock: what is there now is what a crash would find.</summary>
    public Action<string>? BeforeStep { get; set; }

    /// <summary>Steps until the disk fails; null: it does not.</summary>
    public int? StepsUntilFailure { get; set; }

    /// <summary>Runs while nothing changes the files.</summary>
    public void Quietly(Action action)
    {
        lock (_lock)
            action();
    }

    /// <summary>What a kill leaves: all that was written, durable or not.</summary>
    public PoweredFiles AfterKill()
    {
        var copy = new PoweredFiles();
        Dictionary<Content, Content> copies = _names.Values.Concat(_durableNames.Values).Distinct().ToDictionary(content => content, content => content.Copy());
        foreach ((string name, Content content) in _names)
            copy._names.Add(name, copies[content]);
        foreach ((string name, Content content) in _durableNames)
            copy._durableNames.Add(name, copies[content]);
        return copy;
    }

    /// <summary>What a loss of power leaves: what was synced, and by chance something of the rest.</summary>
    public PoweredFiles AfterPowerLoss(Random? chance)
    {
        var copy = new PoweredFiles();
        foreach ((string name, Content content) in chance?.Next(2) == 1 ? _names : _durableNames)
        {
            byte[] left = Lose(content, chance);
            copy._names[name] = copy._durableNames[name] = new Content { Bytes = left, Durable = left };
        }

        return copy;
    }

    public byte[] BytesOf(string name) => _names[name].Bytes;

    public IReadOnlyList<string> List()
    {
        lock (_lock)
            return [.. _names.Keys.Order()];
    }

    public IJournalFile? Open(string name)
    {
        lock (_lock)
            return _names.TryGetValue(name, out Content? content) ? new OpenFile(this, name, content) : null;
    }

    public IJournalFile Create(string name)
    {
        lock (_lock)
        {
            Step($"create {name}");
            return new OpenFile(this, name, _names[name] = new Content());
        }
    }

    public void Rename(IJournalFile file, string name)
    {
        lock (_lock)
        {
            Step($"rename {file.Name} to {name}");
            _names.Add(name, _names[file.Name]);
            _names.Remove(file.Name);
            ((OpenFile)file).Name = name;
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            Step($"delete {name}");
            _names.Remove(name);
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            Step("flush the names");
            _durableNames.Clear();
            foreach ((string name, Content content) in _names)
                _durableNames.Add(name, content);
        }
    }

    private static byte[] Lose(Content content, Random? chance)
    {
        byte[] left = [.. content.Durable];
        if (chance is null)
            return left;

        Array.Resize(ref left, content.Bytes.Length);
        for (int at = 0; at < left.Length; at += SectorBytes)
        {
            if (chance.Next(2) == 1)
                content.Bytes.AsSpan(at, Math.Min(SectorBytes, left.Length - at)).CopyTo(left.AsSpan(at));
        }

        return left;
    }

    private void Step(string what)
    {
        BeforeStep?.Invoke(what);
        if (StepsUntilFailure is { } left && (StepsUntilFailure = left - 1) <= 0)
            throw new StorageException("the disk failed");
    }

    private sealed class Content
    {
        public byte[] Bytes { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        /// <summary>What the page cache knows that it must still write.</summary>
        public List<(int From, int To)> Dirty { get; } = [];

        public Content Copy()
        {
            var copy = new Content { Bytes = Bytes, Durable = Durable };
            copy.Dirty.AddRange(Dirty);
            return copy;
        }

        public void Sync()
        {
            byte[] durable = [.. Durable];
            Array.Resize(ref durable, Bytes.Length);
            foreach ((int from, int to) in Dirty)
                Bytes.AsSpan(from, to - from).CopyTo(durable.AsSpan(from));
            Durable = durable;
            Dirty.Clear();
        }
    }

    private sealed class OpenFile(PoweredFiles files, string name, Content content) : IJournalFile
    {
        public string Name { get; set; } = name;

        public string Path => "/data/" + Name;

        public long Length => content.Bytes.Length;

        public int Read(Span<byte> into, long at)
        {
            lock (files._lock)
            {
                ReadOnlySpan<byte> from = at < content.Bytes.Length ? content.Bytes.AsSpan((int)at) : default;
                int count = Math.Min(into.Length, from.Length);
                from[..count].CopyTo(into);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long at)
        {
            lock (files._lock)
            {
                files.Step($"write {bytes.Length} bytes at {at} of {Name}");
                byte[] changed = [.. content.Bytes];
                if (changed.Length < at + bytes.Length)
                    Array.Resize(ref changed, (int)at + bytes.Length);
                bytes.CopyTo(changed.AsSpan((int)at));
                content.Bytes = changed;
                content.Dirty.Add(((int)at, (int)at + bytes.Length));
            }
        }

        public void Sync()
        {
            lock (files._lock)
            {
                try
                {
                    files.Step($"sync {Name}");
                }
                catch
                {
                    content.Dirty.Clear(); // Linux: the pages are clean now, and the disk does not have them
                    throw;
                }

                content.Sync();
            }
        }

        public void Dispose()
        {
        }
    }
}
