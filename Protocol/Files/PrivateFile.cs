namespace JustHungry.Protocol.Files;

/// <summary>A file that only its owner may read, whatever the umask.</summary>
public static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Makes sure that the file is there, readable only by its owner: SQLite would make it with the permissions that the umask leaves.
    /// </summary>
    public static void Make(string file)
    {
        if (!File.Exists(file))
            Open(file, FileMode.OpenOrCreate).Dispose();
    }

    /// <summary>Opens a file that only its owner may read.</summary>
    public static FileStream Open(string file, FileMode mode, FileShare share = FileShare.None)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(file, options);
    }
}
