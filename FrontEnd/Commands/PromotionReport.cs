using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Commands;

/// <summary>What follows an accepted promotion: the view is sent to every replica, and the operator is told what has changed.</summary>
internal static class PromotionReport
{
    /// <summary>A front end does the same at the same time, so the new primary leads within milliseconds unless its disk is slow.</summary>
    private static readonly TimeSpan LeadsWithin = TimeSpan.FromSeconds(3);

    private const int AskAgainMs = 10;

    /// <summary>It was the primary before, and leads: nothing is proposed.</summary>
    public static async Task<int> AlreadyAsync(PromoteOptions options, GroupSurvey survey, CancellationToken cancel)
    {
        await AnnounceAsync(options, survey, survey.View!, cancel).ConfigureAwait(false);
        return Print(options, survey.View!, survey.View!.Primary, leadsAfter: TimeSpan.Zero, survey.VerdictOn(options.Group));
    }

    /// <param name="began">The time stamp at which the view was proposed.</param>
    public static async Task<int> FinishAsync(PromoteOptions options, GroupSurvey survey, View view, long began, CancellationToken cancel)
    {
        await AnnounceAsync(options, survey, view, cancel).ConfigureAwait(false);
        TimeSpan? leadsAfter = null;
        while (leadsAfter is null && Stopwatch.GetElapsedTime(began) < LeadsWithin)
        {
            if (await LeadsAsync(options, survey, view, cancel).ConfigureAwait(false))
                leadsAfter = Stopwatch.GetElapsedTime(began);
            else
                await Task.Delay(AskAgainMs, cancel).ConfigureAwait(false);
        }

        GroupSurvey after = await GroupSurvey.TakeAsync(options, cancel).ConfigureAwait(false);
        return Print(options, view, survey.View!.Primary, leadsAfter, after.VerdictOn(options.Group));
    }

    /// <summary>What has changed, for people.</summary>
    /// <param name="leadsAfter">How long it took until the new primary led; null if it does not lead yet.</param>
    /// <param name="verdict">On the group as it is now.</param>
    public static string TextOf(View view, ReplicaId before, TimeSpan? leadsAfter, Verdict verdict)
    {
        string ms = leadsAfter is { } took ? took.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) : "";
        string what = leadsAfter is null ? $"{view.Primary} is to be the primary now (was {before}), and does not lead yet"
            : view.Primary != before ? $"{view.Primary} is primary now (was {before}), {ms} ms"
            : leadsAfter == TimeSpan.Zero ? $"{view.Primary} is the primary already"
            : $"{view.Primary} is primary again, {ms} ms";
        string commits = view.Members.Count < view.MinReplicas
            ? $"{Environment.NewLine}nothing can commit: the view has only {view.Members.Count} of the {view.MinReplicas} members that orders need"
            : "";
        return $"{what}{commits}{Environment.NewLine}{(verdict.Standing == Standing.Ok ? "" : verdict + Environment.NewLine)}{StatusText.Of(view)}";
    }

    private static int Print(PromoteOptions options, View view, ReplicaId before, TimeSpan? leadsAfter, Verdict verdict) => options.Answer.Done(
        new JsonObject
        {
            ["view"] = ViewJson.Of(view),
            ["previousPrimary"] = before.Value,
            ["leadsAfterMs"] = leadsAfter is { } took ? Math.Round(took.TotalMilliseconds, 1) : null,
            ["verdict"] = VerdictJson.Of(verdict),
        },
        TextOf(view, before, leadsAfter, verdict));

    private static async Task<bool> LeadsAsync(PromoteOptions options, GroupSurvey survey, View view, CancellationToken cancel)
    {
        if (survey.Replicas.FirstOrDefault(r => view.IsPrimary(r.Member))?.Endpoint is not { } endpoint)
            return false;
        StatusReport? report = await OperatorClient.TryAskOnceAsync<Status, StatusReport>(endpoint, options.Caller, default, GroupSurvey.Patience, cancel).ConfigureAwait(false);
        return report is { Leading: true } status && status.Adopted >= view.Epoch;
    }

    private static async Task AnnounceAsync(PromoteOptions options, GroupSurvey survey, View view, CancellationToken cancel)
    {
        SurveyedReplica[] reachable = [.. survey.Replicas.Where(r => r is { Report: not null, Endpoint: not null })];
        var message = new NewView(view, [.. reachable.Select(r => new MemberEndpoint(r.Member, r.Endpoint!.Value))]);
        await Task.WhenAll(reachable.Select(r =>
            OperatorClient.TryAskOnceAsync<NewView, ViewAdopted>(r.Endpoint!.Value, options.Caller, message, GroupSurvey.Patience, cancel))).ConfigureAwait(false);
    }
}
