using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>What is known after an accepted promotion.</summary>
/// <param name="View">The register's.</param>
/// <param name="Before">Who was the primary.</param>
/// <param name="LeadsAfter">How long it took until the new primary led; null if it does not lead yet.</param>
/// <param name="Verdict">On the group as it is now; null if nobody could be asked.</param>
/// <param name="Unasked">Why not everything is known: the name server went away meanwhile, or ctrl-C was pressed. Null if all is.</param>
internal sealed record PromotionOutcome(View View, ReplicaId Before, TimeSpan? LeadsAfter, Verdict? Verdict, string? Unasked = null);

/// <summary>
/// What follows an accepted promotion: the view is sent to every replica, and the operator is told what has changed. The view is made, so
/// whatever fails from now on is told, and changes nothing of the exit code.
/// </summary>
internal static class PromotionReport
{
    /// <summary>A front end does the same at the same time, so the new primary leads within milliseconds unless its disk is slow.</summary>
    private static readonly TimeSpan LeadsWithin = TimeSpan.FromSeconds(3);

    private const int AskAgainMs = 10;

    /// <summary>It was the primary before, and leads: nothing is proposed.</summary>
    public static async Task<int> AlreadyAsync(PromoteOptions options, GroupSurvey survey, CancellationToken cancel)
    {
        await AnnounceAsync(options, survey, survey.View!, cancel).ConfigureAwait(false);
        return Print(options, new PromotionOutcome(survey.View!, survey.View!.Primary, LeadsAfter: TimeSpan.Zero, survey.VerdictOn(options.Group)));
    }

    /// <param name="began">The time stamp at which the view was proposed.</param>
    public static async Task<int> FinishAsync(PromoteOptions options, GroupSurvey survey, View view, long began, CancellationToken cancel)
    {
        var outcome = new PromotionOutcome(view, survey.View!.Primary, LeadsAfter: null, Verdict: null);
        try
        {
            await AnnounceAsync(options, survey, view, cancel).ConfigureAwait(false);
            outcome = outcome with { LeadsAfter = await WaitUntilItLeadsAsync(options, survey, view, began, cancel).ConfigureAwait(false) };
            GroupSurvey after = await GroupSurvey.TakeAsync(options, cancel).ConfigureAwait(false);
            outcome = outcome with { Verdict = after.VerdictOn(options.Group) };
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionLostException or HelloRefusedException)
        {
            outcome = outcome with { Unasked = e is OperationCanceledException ? "this command was stopped" : e.Message.TrimEnd('.') };
        }

        return Print(options, outcome);
    }

    /// <summary>What has changed, for people.</summary>
    public static string TextOf(PromotionOutcome outcome)
    {
        (View view, ReplicaId before, TimeSpan? leadsAfter, Verdict? verdict, string? unasked) = outcome;
        string ms = leadsAfter is { } took ? took.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) : "";
        string what = leadsAfter is null && unasked is not null ? $"{view.Primary} is to be the primary now (was {before}): the view is made, so do not ask for it again"
            : leadsAfter is null ? $"{view.Primary} is to be the primary now (was {before}), and does not lead yet"
            : view.Primary != before ? $"{view.Primary} is primary now (was {before}), {ms} ms"
            : leadsAfter == TimeSpan.Zero ? $"{view.Primary} is the primary already"
            : $"{view.Primary} is primary again, {ms} ms";
        string commits = view.Members.Count < view.MinReplicas
            ? $"{Environment.NewLine}nothing can commit: the view has only {view.Members.Count} of the {view.MinReplicas} members that orders need"
            : "";
        string stands = unasked is not null ? $"how the shop stands now could not be asked: {unasked}. See 'frontend status'." + Environment.NewLine
            : verdict is null or { Standing: Standing.Ok } ? ""
            : verdict + Environment.NewLine;
        return $"{what}{commits}{Environment.NewLine}{stands}{StatusText.Of(view)}";
    }

    private static int Print(PromoteOptions options, PromotionOutcome outcome) => options.Answer.Done(
        new JsonObject
        {
            ["view"] = ViewJson.Of(outcome.View),
            ["previousPrimary"] = outcome.Before.Value,
            ["leadsAfterMs"] = outcome.LeadsAfter is { } took ? Math.Round(took.TotalMilliseconds, 1) : null,
            ["verdict"] = outcome.Verdict is { } verdict ? VerdictJson.Of(verdict) : null,
            ["unasked"] = outcome.Unasked,
        },
        TextOf(outcome));

    /// <summary>How long it took; null if it still does not lead.</summary>
    private static async Task<TimeSpan?> WaitUntilItLeadsAsync(PromoteOptions options, GroupSurvey survey, View view, long began, CancellationToken cancel)
    {
        while (Stopwatch.GetElapsedTime(began) < LeadsWithin)
        {
            if (await LeadsAsync(options, survey, view, cancel).ConfigureAwait(false))
                return Stopwatch.GetElapsedTime(began);
            await Task.Delay(AskAgainMs, cancel).ConfigureAwait(false);
        }

        return null;
    }

    private static async Task<bool> LeadsAsync(PromoteOptions options, GroupSurvey survey, View view, CancellationToken cancel)
    {
        if (survey.Replicas.FirstOrDefault(r => view.IsPrimary(r.Member))?.Endpoint is not { } endpoint)
            return false;
        StatusReport? report = await OperatorClient.TryAskOnceAsync<Status, StatusReport>(endpoint, Role.Replica, options.Caller, default, GroupSurvey.Patience, cancel).ConfigureAwait(false);
        return report is { Leading: true } status && status.Adopted >= view.Epoch;
    }

    private static async Task AnnounceAsync(PromoteOptions options, GroupSurvey survey, View view, CancellationToken cancel)
    {
        SurveyedReplica[] reachable = [.. survey.Replicas.Where(r => r is { Report: not null, Endpoint: not null })];
        var message = new NewView(view, [.. reachable.Select(r => new MemberEndpoint(r.Member, r.Endpoint!.Value))]);
        await Task.WhenAll(reachable.Select(r =>
            OperatorClient.TryAskOnceAsync<NewView, ViewAdopted>(r.Endpoint!.Value, Role.Replica, options.Caller, message, GroupSurvey.Patience, cancel))).ConfigureAwait(false);
    }
}
