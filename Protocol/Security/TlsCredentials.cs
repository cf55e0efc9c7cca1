namespace JustHungry.Protocol.Security;

/// <summary>
/// The credentials in use: read from the file, read again when it changes, and minted again before they expire. If a changed file can't be
/// used, the old ones stay. Thread-safe.
/// </summary>
public sealed class TlsCredentials
{
    private static readonly TimeSpan SaidAgainAfter = TimeSpan.FromDays(1);

    /// <summary>At the second look in a row, a file that can't be read is not one that is being replaced.</summary>
    private const int UnreadableMost = 2;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly PeerIdentity? _self;
    private readonly TimeProvider _time;
    private volatile TlsMaterial _current;
    private byte[] _used;
    private int _unreadable;
    private string? _refusal;
    private DateTimeOffset _refusedAt;

    private TlsCredentials(string path, PeerIdentity? self, TimeProvider time)
    {
        _path = path;
        _self = self;
        _time = time;
        _used = TryRead() ?? [];
        _current = TlsMaterial.Load(path, self, time.GetUtcNow());
    }

    /// <summary>When something expires that nobody renews by itself.</summary>
    public DateTimeOffset Expires => _current.Expires;

    internal TlsMaterial Current => _current;

    public string Path => _path;

    /// <param name="self">What this process is; null for a user.</param>
    /// <exception cref="FormatException">The file can't be used; the message says why and what to do.</exception>
    public static TlsCredentials Load(string path, PeerIdentity? self, TimeProvider time) => new(path, self, time);

    /// <summary>The authority in a cluster key file; null if it holds no key of one.</summary>
    /// <exception cref="FormatException">The file can't be used; the message says why and what to do.</exception>
    public static Authority? ReadClusterKey(string path) => TlsFile.Read(path).ClusterKey;

    /// <summary>
    /// Looks whether the file has changed or the minted certificate is due again. A file that could not be used is tried again each time,
    /// since what was wrong may have been its mode, or half of it. True if other credentials are in use now.
    /// </summary>
    /// <exception cref="FormatException">The file can't be used; the old credentials stay. It is said again once a day, or if the reason changes.</exception>
    public bool Refresh()
    {
        lock (_lock)
        {
            DateTimeOffset now = _time.GetUtcNow();
            byte[]? read = TryRead();
            _unreadable = read is null ? _unreadable + 1 : 0;
            bool hasChanged = read is null ? _unreadable >= UnreadableMost : !read.AsSpan().SequenceEqual(_used);
            if (!hasChanged && !(_current.RenewAt <= now))
            {
                _refusal = null; // put back, if it was refused
                return false;
            }

            try
            {
                _current = TlsMaterial.Load(_path, _self, now);
            }
            catch (FormatException e)
            {
                if (e.Message == _refusal && now - _refusedAt < SaidAgainAfter)
                    return false;
                (_refusal, _refusedAt) = (e.Message, now);
                throw;
            }

            _used = read ?? _used;
            _refusal = null;
            return true;
        }
    }

    private byte[]? TryRead()
    {
        try
        {
            return File.ReadAllBytes(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // while it is being replaced, perhaps: it counts only if it lasts
        }
    }
}
