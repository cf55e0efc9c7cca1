using System.Runtime.InteropServices;

namespace JustHungry.UserCli.Profiles;

/// <summary>Replaces a file so that, whenever the machine dies, either the old or the new content is there, whole.</summary>
internal static class DurableFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite; // 0600: it holds a key

    /// <summary>On return the content is on the disk. One caller at a time: the temporary file beside it has a fixed name.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".tmp";
        File.Delete(temporary); // left by a kill, perhaps with another mode
        using (FileStream file = OpenOwn(temporary, FileMode.CreateNew, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Opens a file that only its owner may read.</summary>
    public static FileStream OpenOwn(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    /// <summary>Makes a new or renamed entry of a directory durable; Windows journals them itself and has no call for it.</summary>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;

        // .NET does not open directories
        int handle = Open(directory, 0);
        if (handle < 0)
            throw new IOException($"{directory} can't be opened (error {Marshal.GetLastPInvokeError()})");

        int failed = FlushToDisk(handle);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(handle);
        if (failed != 0)
            throw new IOException($"{directory} can't be written to the disk (error {error})");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FlushToDisk(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
