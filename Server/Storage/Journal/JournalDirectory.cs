using JustHungry.Protocol.Files;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage.Journal;

/// <summary>
/// The journal's files in a data directory: <c>journal-1</c>, <c>journal-2</c> …, whose order says nothing; with <c>.new</c> while a file
/// is being made.
/// </summary>
internal sealed class JournalDirectory(string directory, bool isReadOnly = false) : IJournalDirectory
{
    public const string Prefix = "journal-";

    /// <summary>The suffix of a file that is not complete yet.</summary>
    public const string Unfinished = ".new";

    public string Path => directory;

    /// <summary>Whether there is a journal, intact or damaged.</summary>
    public bool Exists => List().Any(name => !name.EndsWith(Unfinished, StringComparison.Ordinal));

    public IReadOnlyList<string> List() => Guarded(() => (string[])[.. Directory.EnumerateFiles(directory, Prefix + "*").Select(file => System.IO.Path.GetFileName(file))]);

    public IJournalFile? Open(string name) => Guarded(() =>
    {
        try
        {
            return new JournalFile(System.IO.Path.Combine(directory, name), isReadOnly);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    });

    public IJournalFile Create(string name)
    {
        string path = System.IO.Path.Combine(directory, name);
        return Guarded(() =>
        {
            PrivateFile.Open(path, FileMode.Create).Dispose(); // readable by its owner only
            return new JournalFile(path, isReadOnly: false);
        });
    }

    public void Rename(IJournalFile file, string name) => Guarded(() =>
    {
        string path = System.IO.Path.Combine(directory, name);
        File.Move(file.Path, path);
        ((JournalFile)file).Path = path;
        return true;
    });

    public void Delete(string name) => Guarded(() =>
    {
        File.Delete(System.IO.Path.Combine(directory, name));
        return true;
    });

    public void Flush() => Guarded(() =>
    {
        DirectorySync.Flush(directory);
        return true;
    });

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{directory}: the disk failed or is full: {e.Message}", e);
        }
    }
}
