using System.Buffers.Binary;
using System.Globalization;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Journal;

namespace JustHungry.Server.Storage;

/// <summary>
/// A replica's data directory: the journal (<c>journal-1</c> …), <c>orders.db</c>, <c>disk-id</c>, <c>acknowledged</c>, <c>lock</c>. Open
/// in one process at a time: the lock is an operating system's lock on an open file, so a killed process leaves nothing behind that blocks
/// the next.
/// <para>
/// <b>The disk id</b> stands for the acknowledgements that this directory has given: a member of a view is trusted to hold everything that
/// was committed while it was a member. So a directory keeps its id only if the file <c>disk-id</c> and the journal name the same one.
/// Otherwise it gets a new id, first in the file, then in the journal, and the replica becomes a spare:
/// </para>
/// <list type="bullet">
/// <item>neither file nor journal: a new directory. The file is made durable before anything else is made.</item>
/// <item>no file, but a journal: a restored copy. <b>Delete the file disk-id when you restore a copy by hand</b>: nothing in a copy that
/// keeps the old id distinguishes it from the original, and it may lack entries that the original acknowledged.</item>
/// <item>both, and they differ: the journal came from elsewhere, or the process died between the two steps above (that id was never
/// registered).</item>
/// <item>a file, but no journal: the log was lost, or the process died during its first start before it made one.</item>
/// <item>both, and they agree, but the file <c>acknowledged</c> (<see cref="AckMark"/>) says that the log once went further, or is missing
/// although it was written before: the journal lost its end, or is an old copy with the same id.</item>
/// </list>
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    public const string OldLogName = "log.db";
    public const string OrdersName = "orders.db";
    public const string DiskIdName = "disk-id";
    public const string LockName = "lock";

    private const int DiskIdBytes = 16;

    private readonly string? _temporary;
    private FileLock _lock;

    private DataDirectory(string path, string? temporary)
    {
        Directory = path;
        _temporary = temporary;
        _lock = Lock(path);
    }

    public string Directory { get; }

    /// <summary>The log of an earlier version of the server.</summary>
    public string OldLogFile => Path.Combine(Directory, OldLogName);

    public JournalDirectory Journal => new(Directory);

    public string OrdersFile => Path.Combine(Directory, OrdersName);

    private string DiskIdFile => Path.Combine(Directory, DiskIdName);

    /// <summary>Where a server's data is unless <c>--data-dir</c> says otherwise.</summary>
    public static string DefaultPath(string group, ReplicaId id) => Path.Combine(Home.Directory, group, "server-" + id);

    /// <summary>Opens the directory, creating it (readable by its owner only) if it does not exist.</summary>
    /// <exception cref="DirectoryInUseException">Another live process has it open.</exception>
    /// <exception cref="StorageException">It can't be created or written.</exception>
    public static DataDirectory Open(string path) => new(Path.GetFullPath(path), null);

    /// <summary>A new temporary directory, deleted at the end; so it is always a new disk.</summary>
    public static DataDirectory Ephemeral()
    {
        string temporary = System.IO.Directory.CreateTempSubdirectory("justhungry-server-").FullName;
        return new DataDirectory(Path.Combine(temporary, "data"), temporary);
    }

    /// <summary>The id in the file; null if there is no file.</summary>
    public DiskId? ReadDiskId() => ReadDiskId(Directory);

    /// <summary>The id in a directory's file; null if there is no file.</summary>
    public static DiskId? ReadDiskId(string directory)
    {
        string file = Path.Combine(directory, DiskIdName);
        if (!File.Exists(file))
            return null;

        byte[] bytes = File.ReadAllBytes(file);
        return bytes.Length == DiskIdBytes ? new DiskId(BinaryPrimitives.ReadUInt128BigEndian(bytes)) : null;
    }

    /// <summary>Makes a new id and writes it to the file. The file and its directory entry are durable when this returns.</summary>
    public DiskId MakeDiskId()
    {
        var id = new DiskId(FreshIds.Next());
        Span<byte> bytes = stackalloc byte[DiskIdBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id.Value);

        string unfinished = DiskIdFile + ".new";
        using (FileStream file = PrivateFile.Open(unfinished, FileMode.Create))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, DiskIdFile, overwrite: true);
        Flush();
        return id;
    }

    /// <summary>Makes the directory's entries durable.</summary>
    public void Flush() => Flush(Directory);

    /// <summary>Renames the directory with everything in it, and makes a new, empty one in its place. Its files must be closed.</summary>
    /// <returns>Where the old one is now.</returns>
    public string SetAside(DateTimeOffset now)
    {
        string stem = Directory + ".aside-" + now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string aside = stem;
        for (int again = 2; Path.Exists(aside); again++)
            aside = string.Create(CultureInfo.InvariantCulture, $"{stem}-{again}");

        _lock.Dispose(); // Windows can't rename a directory that contains an open file
        System.IO.Directory.Move(Directory, aside);
        Flush(Path.GetDirectoryName(Directory)!);
        _lock = Lock(Directory);
        return aside;
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (_temporary is not null)
            System.IO.Directory.Delete(_temporary, recursive: true);
    }

    private static FileLock Lock(string directory)
    {
        Make(directory);
        try
        {
            return FileLock.TryTake(Path.Combine(directory, LockName)) ?? throw new DirectoryInUseException(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data directory {directory} cannot be written: {e.Message.TrimEnd('.')}. Choose another with --data-dir DIR.", e);
        }
    }

    private static void Flush(string directory)
    {
        try
        {
            DirectorySync.Flush(directory);
        }
        catch (IOException e)
        {
            throw new StorageException(e.Message, e);
        }
    }

    private static void Make(string directory)
    {
        try
        {
            DirectorySync.Make(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data directory {directory} cannot be made: {e.Message.TrimEnd('.')}. Choose another with --data-dir DIR.", e);
        }
    }
}
