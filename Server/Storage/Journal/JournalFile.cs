using System.ComponentModel;
using System.Runtime.InteropServices;
using JustHungry.Server.Storage.Disk;
using Microsoft.Win32.SafeHandles;

namespace JustHungry.Server.Storage.Journal;

/// <summary>A file of the journal on a real disk.</summary>
internal sealed partial class JournalFile : IJournalFile
{
    private const int InterruptedOnLinux = 4; // EINTR

    private readonly SafeFileHandle _handle;

    /// <exception cref="IOException">It can't be opened.</exception>
    public JournalFile(string path, bool isReadOnly)
    {
        Path = path;
        // Shared, because a copy may be taken while the server runs. The data directory's lock keeps a second writer out.
        _handle = File.OpenHandle(path, FileMode.Open, isReadOnly ? FileAccess.Read : FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(_handle);
    }

    public string Path { get; set; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <remarks>
    /// Read once and cached. Since Linux 6.13, asking for a file's status makes its next write change the file's times, and on a file
    /// system without a journal each fdatasync then writes the inode too, which doubles its time.
    /// </remarks>
    public long Length { get; private set; }

    public int Read(Span<byte> into, long at)
    {
        try
        {
            int read = 0;
            while (read < into.Length && RandomAccess.Read(_handle, into[read..], at + read) is var more and > 0)
                read += more;
            return read;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(e);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long at)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, at);
            Length = Math.Max(Length, at + bytes.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(e);
        }
    }

    /// <remarks>
    /// Uses fdatasync on Linux, for which .NET has no API. In a file whose blocks were all written before, it waits for the data only,
    /// whereas fsync may wait for the file system's own journal, and so for whatever else is being written.
    /// </remarks>
    public void Sync()
    {
        try
        {
            if (OperatingSystem.IsLinux())
                SyncData();
            else
                RandomAccess.FlushToDisk(_handle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(e);
        }
    }

    public void Dispose() => _handle.Dispose();

    private void SyncData()
    {
        while (DataSync(_handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != InterruptedOnLinux)
                throw new IOException($"fdatasync: {new Win32Exception(error).Message}");
        }
    }

    private StorageException Failure(Exception e) => new($"{Path}: the disk failed or is full: {e.Message}", e);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DataSync(SafeFileHandle file);
}
