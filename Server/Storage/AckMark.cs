using System.Globalization;
using System.Text;
using System.Text.Unicode;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>
/// The file <c>acknowledged</c> of a data directory: a line that says how far the journal had come when somebody was last told of it. A last
/// record that was damaged looks like one that was torn, and a whole old journal like a whole journal; this file tells them apart.
/// <para>
/// Its one rule: it is written <b>after</b> the log's commit and <b>before</b> anybody hears of it, so it is never ahead of a log that lost
/// nothing. It is written with each commit, which a killed process survives, and fsynced with each checkpoint only, since that costs as
/// much as the commit: after a power loss it may be older than the log, and then proves less.
/// </para>
/// </summary>
internal sealed class AckMark : IDisposable
{
    public const string Name = "acknowledged";

    /// <summary>One sector, at the file's beginning: it is overwritten whole or not at all.</summary>
    private const int LineBytes = 256;

    private readonly FileStream _file;
    private readonly byte[] _line = new byte[LineBytes];

    private AckMark(FileStream file) => _file = file;

    /// <exception cref="StorageException">It can't be written.</exception>
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

    /// <summary>Null: there is none, or it can't be what this server wrote.</summary>
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

    /// <summary>Makes durable what was written. May run beside <see cref="Write"/>.</summary>
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
