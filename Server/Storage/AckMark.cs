using System.Globalization;
using System.Text;
using System.Text.Unicode;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>
/// The file <c>acknowledged</c> of a data directory: one line that says how far the journal had come when something in it was last
/// acknowledged. A damaged last record looks like a torn one, and an old journal looks like a complete one; this file tells them apart.
/// <para>
/// Its one rule: it is written <b>after</b> each commit of the log and <b>before</b> anybody hears of that commit, so it is never ahead of
/// a log that lost nothing. The write survives the death of the process. It is fsynced only with each checkpoint, since an fsync costs as
/// much as the commit itself; so after a power failure it may be older than the log, and then detects less.
/// </para>
/// </summary>
internal sealed class AckMark : IDisposable
{
    public const string Name = "acknowledged";

    /// <summary>Less than a sector, at the start of the file, so it is overwritten as a whole or not at all.</summary>
    private const int LineBytes = 256;

    private readonly FileStream _file;
    private readonly byte[] _line = new byte[LineBytes];

    private AckMark(FileStream file) => _file = file;

    /// <exception cref="StorageException">The file can't be written.</exception>
    public static AckMark Open(string directory)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            return new AckMark(PrivateFile.Open(path, FileMode.OpenOrCreate, FileShare.ReadWrite));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} can't be written: {e.Message}", e);
        }
    }

    /// <summary>Null if there is no line, or none that this server could have written.</summary>
    public LogMark? Read()
    {
        byte[] line = new byte[LineBytes];
        if (RandomAccess.Read(_file.SafeFileHandle, line, 0) != LineBytes)
            return null;

        string[] words = Encoding.ASCII.GetString(line).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length != 12 ||
            !UInt128.TryParse(words[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 disk) ||
            !TryRead(words[3], out ulong record) || !TryRead(words[5], out ulong index) || !TryRead(words[7], out ulong epoch) || !TryRead(words[9], out ulong adopted))
            return null;

        var mark = new LogMark(new DiskId(disk), record, new EntryPosition(new EntryIndex(index), new Epoch(epoch)), new Epoch(adopted));
        return line.AsSpan().SequenceEqual(Encode(mark, new byte[LineBytes])) ? mark : null;
    }

    public void Write(LogMark mark) => RandomAccess.Write(_file.SafeFileHandle, Encode(mark, _line), 0);

    /// <summary>Makes durable what was written. May run concurrently with <see cref="Write"/>.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file.SafeFileHandle);

    public void Dispose() => _file.Dispose();

    private static bool TryRead(string word, out ulong number) => ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static byte[] Encode(LogMark mark, byte[] line)
    {
        Span<byte> rest = line;
        rest.Fill((byte)' ');
        Utf8.TryWrite(
            rest, CultureInfo.InvariantCulture,
            $"disk {mark.Disk.Value:x32} record {mark.Record} entry {mark.Last.Index.Value} epoch {mark.Last.Epoch.Value} adopted {mark.Adopted.Value} ", out int said);
        Utf8.TryWrite(rest[said..], CultureInfo.InvariantCulture, $"checksum {Crc32C.Of(rest[..said]):x8}", out _);
        rest[^1] = (byte)'\n';
        return line;
    }
}
