using JustHungry.Protocol.Files;

namespace JustHungry.UserCli.Profiles;

/// <summary>Replaces a file so that, whenever the machine dies, either the old or the new content is there, and complete.</summary>
internal static class DurableFile
{
    /// <summary>
    /// On return the content is on the disk. Only one caller at a time may do this, since the temporary file beside it has a fixed name.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".tmp";
        File.Delete(temporary); // left by a killed process, perhaps with another mode
        using (FileStream file = PrivateFile.Open(temporary, FileMode.CreateNew)) // it holds a key
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
