using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>What a <see cref="RequestCourse"/> needs done next.</summary>
internal enum CourseAct
{
    /// <summary>Connect to front end number <see cref="CourseStep.FrontEnd"/>; then call Connected or NotConnected.</summary>
    Connect,

    /// <summary>Write <see cref="CourseStep.Profile"/> to the disk; then call Saved or SaveFailed.</summary>
    Save,

    /// <summary>
    /// Send <see cref="CourseStep.Request"/> on the connection; then call Answered, ConnectionLost or TimedOut. The answer is due at
    /// <see cref="CourseStep.UntilMs"/>.
    /// </summary>
    Send,

    /// <summary>Do nothing until <see cref="CourseStep.UntilMs"/>, then call Tick.</summary>
    Wait,

    /// <summary>Tell the user what became of <see cref="RequestCourse.Earlier"/>; then call Told.</summary>
    Tell,

    /// <summary>It is over: see <see cref="RequestCourse.Outcome"/>.</summary>
    End,
}

/// <summary>One decision of a <see cref="RequestCourse"/>.</summary>
/// <param name="FrontEnd">Counts up without end; modulo the number of known front ends, it says which one to use.</param>
internal readonly record struct CourseStep(CourseAct Act, int FrontEnd = 0, Profile? Profile = null, UserRequest? Request = null, long UntilMs = 0);

/// <summary>How a request ended.</summary>
internal enum CourseEnding
{
    /// <summary>The shop gave its final answer.</summary>
    Answered,

    /// <summary>There was nothing to ask.</summary>
    Nothing,

    /// <summary>Nothing was sent that could have an effect, and nothing is kept.</summary>
    NotSent,

    /// <summary>It may have been done. It is kept, and will be asked again.</summary>
    Unknown,

    /// <summary>The shop at the address is not the one that the request is meant for. Nothing was sent to it.</summary>
    OtherShop,

    /// <summary>The profile could not be written before anything was sent.</summary>
    NotBegun,
}

/// <summary>The end of a course.</summary>
/// <param name="Update">
/// The update that was asked for, or an earlier one that is in the way; null for a retrieval, or if there was nothing to ask.
/// </param>
/// <param name="Answer">For Answered.</param>
internal sealed record CourseOutcome(CourseEnding Ending, UpdateInFlight? Update = null, Answer? Answer = null)
{
    /// <summary>The same update was waiting for its answer already. This is its outcome, and nothing else was asked.</summary>
    public bool HadWaited { get; init; }

    /// <summary>The answer could not be saved in the profile. The update will be asked again, and get the same answer.</summary>
    public bool IsUnsaved { get; init; }

    /// <summary>For OtherShop: the shop that answered; none if the address alone showed that it is another.</summary>
    public ClusterId Met { get; init; }
}
