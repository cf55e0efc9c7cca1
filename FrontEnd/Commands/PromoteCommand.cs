using System.Diagnostics;
using JustHungry.FrontEnd.Core;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>
/// <c>frontend promote ID</c>: a planned hand-over to a member; with --unclean, the operator's last resort, which may lose acknowledged
/// orders. Works without a running front end.
/// </summary>
internal static class PromoteCommand
{
    /// <summary>
    /// A proposal that lost the race to a front end's is made again in the new epoch: the operator asked for a replica, not for an epoch.
    /// </summary>
    private const int TriesMax = 5;

    /// <summary>A name server that has just started may refuse proposals for a second.</summary>
    private const int RetryMs = 300;

    public static async Task<int> RunAsync(PromoteOptions options)
    {
        try
        {
            using var signals = new StopSignals();
            return await PromoteAsync(options, signals.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Refused;
        }
        catch (PromotionUnknownException e)
        {
            return options.Answer.Unknown($"the name server was asked for the change and did not answer ({e.Message.TrimEnd('.')}). It may have been made: " +
                $"look with 'nameserver view --history' before you ask again.");
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return options.Answer.Unavailable(options.Missing(e.Message));
        }
    }

    private static async Task<int> PromoteAsync(PromoteOptions options, CancellationToken cancel)
    {
        View? confirmed = null; // an unclean promotion of any other view could give up more than was shown
        Proposed answer = default;
        for (int tried = 0; tried < TriesMax; tried++)
        {
            GroupSurvey survey = await GroupSurvey.TakeAsync(options, cancel).ConfigureAwait(false);
            if (WhatForbids(options, survey) is { } mistake)
                return options.Answer.Refuse("Refused", mistake);

            View view = survey.View!;
            SurveyedReplica replica = survey.Find(options.Id)!;
            if (!options.Unclean && view.IsPrimary(replica.Member) && replica.Report is { Leading: true })
                return await PromotionReport.AlreadyAsync(options, survey, cancel).ConfigureAwait(false);

            if (options.Unclean && confirmed is null && !options.Yes && !UncleanConfirmation.Ask(survey, replica))
                return options.Answer.Refuse("NotConfirmed", "Nothing was changed.");
            if (options.Unclean && confirmed?.HasSameContentAs(view) == false)
                return options.Answer.Refuse(nameof(ProposalOutcome.LostRace), "Nothing was changed: the view has changed meanwhile, and with it what would be given up. Look at it, and decide again.");
            confirmed = view;

            UInt128 proposalId = FreshIds.Next();
            ViewChange change = options.Unclean ? Unclean(view, replica.Member, proposalId) : Planned(survey, view, replica.Member);
            if (!change.Next.IsWellFormed)
                return options.Answer.Refuse(nameof(ProposalOutcome.Illegal), $"No view may follow epoch {view.Epoch}: it is the last one.");
            long began = Stopwatch.GetTimestamp();
            answer = await PromotionProposal.AskAsync(options, proposalId, change, cancel).ConfigureAwait(false);
            if (answer is { Outcome: ProposalOutcome.Accepted, View: { } next })
                return await PromotionReport.FinishAsync(options, survey, next, began, cancel).ConfigureAwait(false);
            if (answer.Outcome is not (ProposalOutcome.LostRace or ProposalOutcome.TooEarly))
                break;
            await Task.Delay(RetryMs, cancel).ConfigureAwait(false);
        }

        return options.Answer.Refuse(answer.Outcome.ToString(), Explain(answer.Outcome));
    }

    private static string? WhatForbids(PromoteOptions options, GroupSurvey survey)
    {
        if (survey.View is not { } view)
            return $"Group {options.Group} has no view yet: start its servers and a front end.";
        if (survey.Find(options.Id) is not { } replica)
            return $"No replica {options.Id} is registered in group {options.Group}.";
        if (replica.Report is null)
            return $"Replica {options.Id} does not answer.";
        if (options.Unclean && replica.Report.Value.Last == EntryPosition.Start)
            return $"Replica {options.Id} holds nothing, or half of a transfer: with it every order would be gone.";
        return options.Unclean || view.IsMember(replica.Member) ? null
            : $"Replica {options.Id} is no member of the view, so it may lack orders: wait until it has joined.";
    }

    /// <summary>
    /// Keeps every member that answers, and silent ones up to k; but never another disk under the new primary's id, since a view names
    /// its primary by id alone.
    /// </summary>
    internal static ViewChange Planned(GroupSurvey survey, View view, Member primary)
    {
        Member[] eligible = [.. view.Members.Where(m => m == primary || m.Id != primary.Id)];
        var members = eligible.Where(m => survey.Replicas.Any(r => r.Member == m && r.Report is not null)).ToList();
        members.AddRange(eligible.Except(members).Take(Math.Max(0, view.MinReplicas - members.Count)).ToList());
        return ViewChange.Promote(view, primary.Id, [.. eligible.Where(members.Contains)], "asked for by the operator");
    }

    private static ViewChange Unclean(View view, Member primary, UInt128 proposalId) => new(
        ProposalKind.Unclean,
        view with
        {
            Epoch = view.Epoch.Next,
            Primary = primary.Id,
            Members = [primary],
            Joining = null,
            DataLoss = view.DataLoss + 1,
            Lineage = new Lineage(proposalId, view.Epoch.Next),
        },
        Epoch.None, "asked for by the operator");

    private static string Explain(ProposalOutcome outcome) => outcome switch
    {
        ProposalOutcome.LostRace => "The view changes faster than this command: try again.",
        ProposalOutcome.TooEarly => "The name server has just started: try again in a moment.",
        ProposalOutcome.NeedsRepair => "The name server has lost the view or holds an old one: run 'nameserver repair' first.",
        ProposalOutcome.TwoClusters => "Replicas of two clusters are registered under this group: stop those of one first.",
        _ => "The name server does not allow this change of view.",
    };
}
