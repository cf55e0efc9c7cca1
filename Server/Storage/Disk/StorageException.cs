using JustHungry.Protocol.Commands;

namespace JustHungry.Server.Storage.Disk;

/// <summary>
/// The disk failed, or access was refused. The message is a sentence for the operator. Nothing is retried: the process ends.
/// </summary>
internal class StorageException : ExplainedException
{
    public StorageException(string message) : base(message)
    {
    }

    public StorageException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>
/// What is on the disk can't be what this server wrote. It is never repaired by guessing, since the other replicas hold the correct data.
/// </summary>
internal sealed class DamagedStorageException : StorageException
{
    public DamagedStorageException(string file, string what) : base(Sentence(file, what))
    {
    }

    public DamagedStorageException(string file, string what, Exception inner) : base(Sentence(file, what), inner)
    {
    }

    private static string Sentence(string file, string what) =>
        $"{file} is damaged: {what}. No entry was cut and none was guessed. Move the directory {Path.GetDirectoryName(file)} away and start this " +
        "server again: it comes back with an empty disk, which the other replicas fill.";
}

/// <summary>Another live process holds the data directory.</summary>
internal sealed class DirectoryInUseException(string directory) : StorageException(
    $"The data directory {directory} is in use by another live server: stop that one first, or give this one its own id or --data-dir.");
