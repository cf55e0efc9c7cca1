using JustHungry.Protocol.Ids;

namespace JustHungry.UserCli.Connection;

/// <summary>A request ended without a final answer. The message says what happened and what to do.</summary>
internal sealed class UnavailableException(string message, int exitCode, RequestId requestId) : Exception(message)
{
    /// <summary>Unavailable (nothing that could have an effect was sent) or OutcomeUnknown.</summary>
    public int ExitCode => exitCode;

    public bool IsOutcomeUnknown => exitCode == Protocol.Hosting.ExitCode.OutcomeUnknown;

    /// <summary>None for retrievals.</summary>
    public RequestId RequestId => requestId;
}
