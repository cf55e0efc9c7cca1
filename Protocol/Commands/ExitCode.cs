namespace JustHungry.Protocol.Commands;

/// <summary>What every program's exit code means.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>Refused for good, with a typed error; or a daemon could not start or had to stop.</summary>
    public const int Refused = 1;

    public const int Usage = 2;

    /// <summary>Unavailable after the retries; nothing that could have an effect was sent.</summary>
    public const int Unavailable = 3;

    /// <summary>Sent, and no answer came. Asking again under the same ids will tell.</summary>
    public const int OutcomeUnknown = 4;

    /// <summary>Whoever read the output of a command that goes on until it is stopped has gone: as a shell shows SIGPIPE.</summary>
    public const int PipeClosed = 141;
}
