using System.Globalization;
using System.Text;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Storage;

/// <summary>The file that holds the owner's key: readable by its owner only, durable when <see cref="Make"/> returns.</summary>
/// <param name="path">Absolute.</param>
internal sealed class OwnerKeyFile(string path)
{
    /// <summary>The file's name in a data directory.</summary>
    public const string Name = "owner-key";

    public string Path => path;

    private string Unfinished => path + ".new";

    /// <summary>Null if there is no file.</summary>
    /// <exception cref="StorageException">The file can't be read, or (<see cref="NoOwnerKeyException"/>) does not hold a key.</exception>
    public OwnerKey? Read()
    {
        try
        {
            if (!File.Exists(path))
                return null;
            if (new FileInfo(path).Length <= OwnerKey.FileBytesMax && OwnerKey.TryParse(File.ReadAllText(path), out OwnerKey key))
                return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The owner's key file {path} can't be read: {e.Message}", e);
        }

        throw new NoOwnerKeyException(
            $"{path} holds no owner's key: expected 64 hexadecimal digits. Name the right file, or one that is not there yet: the first primary of a new shop makes it.");
    }

    /// <summary>
    /// Fails at start-up if <see cref="Make"/> would fail. That is called only when this replica leads, and a failure then would stop one
    /// primary after another.
    /// </summary>
    /// <exception cref="StorageException">The file can't be written, or is a directory.</exception>
    public void CheckPlace()
    {
        if (Directory.Exists(path))
            throw new StorageException($"The owner's key file {path} can't be made: there is a directory of that name. Name another with --owner-key-file.");
        try
        {
            CreateUnfinished().Dispose();
            File.Delete(Unfinished);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotMade(e);
        }
    }

    /// <summary>Makes a new key, and the file that holds it.</summary>
    /// <exception cref="StorageException">It can't be written.</exception>
    public OwnerKey Make()
    {
        OwnerKey key = OwnerKey.Make();
        try
        {
            using (FileStream file = CreateUnfinished())
            {
                file.Write(Encoding.ASCII.GetBytes(key.ToFileText()));
                file.Flush(flushToDisk: true);
            }

            File.Move(Unfinished, path);
            DirectorySync.Flush(System.IO.Path.GetDirectoryName(path)!);
            return key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotMade(e);
        }
    }

    /// <summary>Gives the file another name, since it may hold all that is left of a key.</summary>
    /// <returns>Where the file is now.</returns>
    /// <exception cref="StorageException">The file can't be renamed.</exception>
    public string SetAside()
    {
        string directory = System.IO.Path.GetDirectoryName(path)!;
        string stem = System.IO.Path.Combine(directory, "unused-" + System.IO.Path.GetFileName(path)), aside = stem;
        for (int again = 2; System.IO.Path.Exists(aside); again++)
            aside = string.Create(CultureInfo.InvariantCulture, $"{stem}-{again}");
        try
        {
            File.Move(path, aside);
            DirectorySync.Flush(directory);
            return aside;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The owner's key file {path} can't be renamed: {e.Message}", e);
        }
    }

    private FileStream CreateUnfinished()
    {
        File.Delete(Unfinished); // a killed process may have left one, perhaps with another mode
        return PrivateFile.Open(Unfinished, FileMode.CreateNew);
    }

    private StorageException NotMade(Exception e) =>
        new($"The owner's key file {path} can't be made: {e.Message.TrimEnd('.')}. Name another with --owner-key-file.", e);
}

/// <summary>The file can be read, but does not hold a key.</summary>
internal sealed class NoOwnerKeyException(string message) : StorageException(message);
