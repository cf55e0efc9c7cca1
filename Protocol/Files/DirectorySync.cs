using System.Runtime.InteropServices;
using System.Text;

namespace JustHungry.Protocol.Files;

/// <summary>
/// Makes a directory's entries durable: on Unix a new or renamed file survives a power loss only once its directory was fsynced. .NET
/// can't open a directory, hence the system calls. Windows journals names itself and has no such call.
/// </summary>
public static class DirectorySync
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int ReadOnly = 0; // O_RDONLY, the same on every Unix; O_DIRECTORY is not, and adds nothing here

    /// <summary>
    /// Makes the directory and any missing ones above it, each readable by its owner only. On return the name of every directory that was
    /// made is durable, so that a file that is fsynced in it can be found again after a power loss. The name of a directory that was
    /// there already is made durable too: the process that made it may have been killed before it fsynced the one above.
    /// </summary>
    /// <param name="directory">Absolute.</param>
    /// <exception cref="IOException">It can't be made or fsynced.</exception>
    /// <exception cref="UnauthorizedAccessException">This process is not allowed to make it.</exception>
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

    /// <summary>
    /// If this process can't read the parent, or nobody can write to it, then it can't have made the directory there before either.
    /// </summary>
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
