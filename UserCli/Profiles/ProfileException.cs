namespace JustHungry.UserCli.Profiles;

/// <summary>The profile can't be used; the message names the file and says what to do.</summary>
internal sealed class ProfileException : Exception
{
    public ProfileException(string message) : base(message)
    {
    }

    public ProfileException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>Another CLI is using it, so trying again later helps.</summary>
    public bool IsLocked { get; init; }
}
