using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>
/// Puts an operator's proposal to the register until there is an answer. The register takes the same proposal a second time without doing
/// anything, so a lost answer is asked for again; a proposal that is made anew would begin another lineage, if it is an unclean one.
/// </summary>
internal static class PromotionProposal
{
    private const int AsksMax = 3;

    /// <summary>For a name server that is started again at once.</summary>
    private const int AgainMs = 1_000;

    /// <exception cref="ConnectionLostException">The name server can't be reached, and nothing was sent.</exception>
    /// <exception cref="HelloRefusedException">What listens there is not a name server; nothing was sent.</exception>
    /// <exception cref="PromotionUnknownException">It was sent, and no answer came.</exception>
    public static async Task<Proposed> AskAsync(PromoteOptions options, UInt128 id, ViewChange change, CancellationToken cancel)
    {
        var propose = new Propose(id, change.Kind, change.Expected, change.Next, Epoch.None, EvidenceHolds: false);
        string? lost = null;
        for (int asked = 0; asked < AsksMax; asked++)
        {
            bool isSent = lost is not null;
            try
            {
                if (isSent)
                    await Task.Delay(AgainMs, cancel).ConfigureAwait(false);
                OperatorClient client = await NameServerClient.ConnectAsync(options.NameServers, options.Caller, OperatorClient.Patience, cancel).ConfigureAwait(false);
                await using (client.ConfigureAwait(false))
                {
                    isSent = true;
                    Proposed answer = await client.AskAsync<Propose, Proposed>(propose, cancel).ConfigureAwait(false);
                    return lost is not null && HasBegun(answer, id) ? answer with { Outcome = ProposalOutcome.Accepted } : answer;
                }
            }
            catch (ConnectionLostException e) when (isSent)
            {
                lost = e.Message;
            }
            catch (Exception e) when (isSent && e is OperationCanceledException or HelloRefusedException)
            {
                throw new PromotionUnknownException(lost ?? "this command was stopped", e);
            }
        }

        throw new PromotionUnknownException(lost!);
    }

    /// <summary>A front end may have changed the view once more since the register took the proposal, but the lineage is that of the proposal.</summary>
    private static bool HasBegun(in Proposed answer, UInt128 id) => answer is { Outcome: ProposalOutcome.LostRace, View: { } view } && view.Lineage.Id == id;
}

/// <summary>The register may have accepted the proposal; the message says why no answer came.</summary>
internal sealed class PromotionUnknownException : Exception
{
    public PromotionUnknownException()
    {
    }

    public PromotionUnknownException(string message) : base(message)
    {
    }

    public PromotionUnknownException(string message, Exception inner) : base(message, inner)
    {
    }
}
