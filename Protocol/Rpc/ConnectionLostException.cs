namespace JustHungry.Protocol.Rpc;

/// <summary>The connection ended before an answer came: the outcome of what was asked is unknown.</summary>
public sealed class ConnectionLostException : Exception
{
    public ConnectionLostException(string message) : base(message)
    {
    }

    public ConnectionLostException(string message, Exception inner) : base(message, inner)
    {
    }

    public ConnectionLostException()
    {
    }
}
