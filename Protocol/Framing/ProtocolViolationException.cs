namespace JustHungry.Protocol.Framing;

/// <summary>A peer sent what the protocol does not allow. Its connection is closed with one log line; nothing is resynchronised.</summary>
public sealed class ProtocolViolationException : Exception
{
    public ProtocolViolationException(string message) : base(message)
    {
    }

    public ProtocolViolationException(string message, Exception inner) : base(message, inner)
    {
    }

    public ProtocolViolationException()
    {
    }
}
