using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;

namespace JustHungry.UserCli.Client;

/// <summary>What a <see cref="RequestCourse"/> needs done next.</summary>
internal enum CourseAct
{
    /// <summary>Connect to front end number <see cref="CourseStep.FrontEnd"/>; then Connected or NotConnected.</summary>
    Connect,

    /// <summary>Bring <see cref="CourseStep.Profile"/> to the disk; then Saved or SaveFailed.</summary>
    Save,

    /// <summary>Send <see cref="CourseStep.Request"/> on the connection; then Answered, ConnectionLost or TimedOut. The answer is due at <see cref="CourseStep.UntilMs"/>.</summary>
    Send,

    /// <summary>Do nothing until <see cref="CourseStep.UntilMs"/>, then call Tick.</summary>
    Wait,

    /// <summary>Tell the user what became of <see cref="RequestCourse.Earlier"/>; then Told.</summary>
    Tell,

    /// <summary>It is over: see <see cref="RequestCourse.Outcome"/>.</summary>
    End,
}

/// <summary>One decision of a <see cref="RequestCourse"/>.</summary>
/// <param name="FrontEnd">Counts on over the front ends; the one meant is this modulo how many are known.</param>
internal readonly record struct CourseStep(CourseAct Act, int FrontEnd = 0, Profile? Profile = null, UserRequest? Request = null, long UntilMs = 0);

/// <summary>How a request ended.</summary>
internal enum CourseEnding
{
    /// <summary>With the shop's final word.</summary>
    Answered,

    /// <summary>There was nothing to ask.</summary>
    Nothing,

    /// <summary>Nothing was sent that could have an effect, and nothing is kept.</summary>
    NotSent,

    /// <summary>It may have been done: it is kept, and asked again.</summary>
    Unknown,

    /// <summary>Another shop answers there than the one it is meant for, which got nothing.</summary>
    OtherShop,

    /// <summary>The profile could not be written before anything was sent.</summary>
    NotBegun,
}

/// <summary>The end of a course.</summary>
/// <param name="Update">What was asked, or stood in the way; null: a retrieval, or nothing.</param>
/// <param name="Answer">For Answered.</param>
internal sealed record CourseOutcome(CourseEnding Ending, UpdateInFlight? Update = null, Answer? Answer = null)
{
    /// <summary>What was wished waited already: this is its outcome, and nothing else was asked.</summary>
    public bool HadWaited { get; init; }

    /// <summary>The answer is not in the profile: the update will be asked again, and get the same answer.</summary>
    public bool IsUnsaved { get; init; }

    /// <summary>For OtherShop: the shop that was met; none: the address alone showed it.</summary>
    public ClusterId Met { get; init; }
}
