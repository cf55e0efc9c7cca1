using JustHungry.Protocol.Ids;

namespace JustHungry.UserCli.Client;

/// <summary>A request ended without a final answer. The message says what happened and what to do.</summary>
internal sealed class UnavailableException(string message, int exitCode, RequestId requestId) : Exception(message)
{
    /// <summary>
    /// Unavailable (nothing that could have an effect was sent), OutcomeUnknown, or Refused, if another shop answers there.
    /// </summary>
    public int ExitCode => exitCode;

    /// <summary>What JSON calls it.</summary>
    public string Error => exitCode switch
    {
        Protocol.Commands.ExitCode.OutcomeUnknown => "OutcomeUnknown",
        Protocol.Commands.ExitCode.Refused => "OtherShop",
        _ => "Unavailable",
    };

    /// <summary>None for retrievals.</summary>
    public RequestId RequestId => requestId;
}
