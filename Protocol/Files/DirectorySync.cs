using System.Runtime.InteropServices;
using System.Text;

namespace JustHungry.Protocol.Files;

/// <summary>
/// Makes a directory's entries durable: on Unix a new or renamed file survives a power loss only once its directory was fsynced.
/// .NET opens no directories, hence the system calls. Windows journals names itself and has no such call.
/// </summary>
public static class DirectorySync
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int ReadOnly = 0; // O_RDONLY, the same on every Unix; O_DIRECTORY is not, and adds nothing here

    /// <summary>
    /// Makes the directory, and those above it that are not there, each readable by its owner only. On return the name of every one that was
    /// made is durable: a file in it that is fsynced can be found again after a power loss. So is the name of one that was there: a process
    /// may have made it and been killed before it fsynced the one above.
    /// </summary>
    /// <param name="directory">Absolute.</param>
    /// <exception cref="IOException">It can't be made or fsynced.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static void Make(string directory) => Make(directory, Flush);

    /// <param name="flush">Makes the entries of a directory durable.</param>
    internal static void Make(string directory, Action<string> flush)
    {
        string? parent = Path.GetDirectoryName(directory);
        if (Directory.Exists(directory))
        {
            if (parent is not null)
                FlushIfOurs(parent, flush);
            return;
        }

        Make(parent ?? throw new DirectoryNotFoundException($"{directory} is not there."), flush);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, OwnerOnly);
        flush(parent);
    }

    /// <summary>Where this process may not read, or nobody may write, it made no directory before either.</summary>
    private static void FlushIfOurs(string parent, Action<string> flush)
    {
        const int NotPermitted = 1, NoAccess = 13, NothingToSync = 22, ReadOnlyFiles = 30; // EPERM, EACCES, EINVAL, EROFS: the same on Linux and macOS
        try
        {
            flush(parent);
        }
        catch (IOException e) when (e.HResult is NotPermitted or NoAccess or NothingToSync or ReadOnlyFiles)
        {
            // for instance the place where a disk is mounted
        }
    }

    /// <exception cref="IOException">The directory could not be fsynced.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;

        int descriptor = Open(Encoding.UTF8.GetBytes(directory + '\0'), ReadOnly);
        if (descriptor < 0)
            throw Failure("open", directory);

        try
        {
            if (Fsync(descriptor) != 0)
                throw Failure("fsync", directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string call, string directory) =>
        new($"{call} of the directory {directory} failed: {Marshal.GetLastPInvokeErrorMessage()}.", Marshal.GetLastPInvokeError());

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
