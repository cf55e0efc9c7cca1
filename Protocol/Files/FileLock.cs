namespace JustHungry.Protocol.Files;

/// <summary>
/// Keeps a second process away from the files beside it. It is the operating system's lock on an open file, so a killed process leaves no
/// lock behind. The file stays when the lock ends: if it were deleted, two others could lock two different files.
/// </summary>
public sealed class FileLock : IDisposable
{
    // The codes in an IOException when another process has the file locked: EWOULDBLOCK of flock(2), or ERROR_SHARING_VIOLATION.
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMacOS = 35;
    private const int SharingViolationOnWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; null if another process has it, or this one has it already.</summary>
    /// <param name="path">The path of the lock's own file, in a directory that exists.</param>
    /// <exception cref="IOException">The file can't be made or opened.</exception>
    /// <exception cref="UnauthorizedAccessException">This process is not allowed to make or open it.</exception>
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
