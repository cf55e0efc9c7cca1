namespace JustHungry.UserCli.Client;

/// <summary>Why an attempt got no answer that settles the request.</summary>
internal enum AttemptFailure
{
    /// <summary>No front end could be reached: nothing was sent.</summary>
    NotConnected,

    /// <summary>The connection ended after the request was sent.</summary>
    ConnectionLost,

    /// <summary>The front end did not answer in time.</summary>
    NoAnswer,
    TooFewReplicas,
    Overloaded,
}

/// <summary>What a request needs next.</summary>
internal enum NextAct
{
    /// <summary>Connect to front end number <see cref="AttemptStep.FrontEnd"/> and send, then call Sent.</summary>
    Send,

    /// <summary>Do nothing until <see cref="AttemptStep.UntilMs"/>, then call Tick.</summary>
    Wait,

    /// <summary>The answer is final.</summary>
    Done,

    /// <summary>End with <see cref="AttemptStep.ExitCode"/>.</summary>
    GiveUp,
}

/// <summary>One decision of <see cref="RequestAttempts"/>.</summary>
/// <param name="FrontEnd">Counts up without end; modulo the number of known front ends, it says which one to use.</param>
internal readonly record struct AttemptStep(NextAct Act, int FrontEnd = 0, long UntilMs = 0, int ExitCode = 0);
