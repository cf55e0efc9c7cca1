using JustHungry.Protocol.Commands;

namespace JustHungry.NameServer.Storage;

/// <summary>The storage can't be used; the message says why and what to do.</summary>
public sealed class StorageException : ExplainedException
{
    public StorageException(string message) : base(message)
    {
    }

    public StorageException(string message, Exception inner) : base(message, inner)
    {
    }

    public StorageException()
    {
    }
}
