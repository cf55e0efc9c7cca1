namespace JustHungry.Server.Storage.Journal;

/// <summary>Reads a file from front to back in large pieces.</summary>
internal sealed class ReadAhead(IJournalFile file)
{
    private const int PieceBytes = 1024 * 1024;

    private byte[] _bytes = new byte[Math.Min(PieceBytes, file.Length)];
    private long _at;
    private int _count;

    /// <summary>Bytes of the file, valid until the next call; fewer if the file ends before.</summary>
    public ReadOnlyMemory<byte> Get(long at, int bytes)
    {
        if (at < _at || at + bytes > _at + _count)
            Fill(at, bytes);
        int from = (int)(at - _at);
        return _bytes.AsMemory(from, Math.Min(bytes, _count - from));
    }

    /// <summary>Forgets what was read: another process may have written since.</summary>
    public void Forget() => _count = 0;

    private void Fill(long at, int bytes)
    {
        if (bytes > _bytes.Length)
            _bytes = new byte[bytes];
        _count = file.Read(_bytes, at);
        _at = at;
    }
}
