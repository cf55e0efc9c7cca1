namespace JustHungry.Simulator.World;

/// <summary>A rule was broken. The schedule ends, and its seed is printed.</summary>
public sealed class ViolationException : Exception
{
    public ViolationException(string message) : base(message)
    {
    }

    public ViolationException(string message, Exception inner) : base(message, inner)
    {
    }

    public ViolationException()
    {
    }
}
