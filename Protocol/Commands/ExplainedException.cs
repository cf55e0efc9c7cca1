namespace JustHungry.Protocol.Commands;

/// <summary>An error that is not a bug: its message tells whoever started the program what is wrong and what to do about it.</summary>
public class ExplainedException : Exception
{
    public ExplainedException()
    {
    }

    public ExplainedException(string message) : base(message)
    {
    }

    public ExplainedException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <summary>The line for stderr.</summary>
    public virtual string ToLine(string program) => $"{program}: {Message}";
}
