namespace JustHungry.Protocol.Files;

/// <summary>
/// Keeps a second process away from what lies beside it: the operating system's lock on an open file, so a killed process leaves nothing that
/// blocks. The file stays when the lock ends: deleting it would let two others lock two different files.
/// </summary>
public sealed class FileLock : IDisposable
{
    // What an IOException carries when another process has the file: EWOULDBLOCK of flock(2), or ERROR_SHARING_VIOLATION.
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMacOS = 35;
    private const int SharingViolationOnWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Null: another process has it, or another place in this one.</summary>
    /// <param name="path">Of the lock's own file, in a directory that is there.</param>
    /// <exception cref="IOException">The file can't be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            return new FileLock(PrivateFile.Open(path, FileMode.OpenOrCreate));
        }
        catch (IOException e) when (e.HResult is WouldBlockOnLinux or WouldBlockOnMacOS or SharingViolationOnWindows)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
