using System.Globalization;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;

namespace JustHungry.NameServer.Commands;

/// <summary><c>nameserver view</c>: a group's view, or all the views it has had.</summary>
internal static class ViewCommand
{
    public static async Task<int> RunAsync(OperatorClient client, ViewOptions options)
    {
        if (options.History)
            return ShowHistory(options, await ReadHistoryAsync(client, options.Group).ConfigureAwait(false));

        NameServerSurvey told = await NameServerSurvey.AskAsync(client, options, CancellationToken.None).ConfigureAwait(false);
        GroupSurvey survey = await GroupSurvey.TakeAsync(told, options.Caller, CancellationToken.None).ConfigureAwait(false);
        Verdict verdict = survey.VerdictOn(options.Group);
        string text = told.View is null ? $"group {options.Group} has no view yet" : $"group {options.Group}: {Describe(told.View)}";
        return options.Answer.Done(
            new JsonObject { ["view"] = ViewJson.Of(told.View), ["health"] = told.Health.ToString(), ["verdict"] = VerdictJson.Of(verdict) },
            $"{verdict}{Environment.NewLine}{text}{Warning(told.Health, options.Group)}");
    }

    public static string Describe(View view) => view +
        (view.Members.Count < view.MinReplicas ? $" (fewer than {view.MinReplicas}: nothing commits until one is admitted)" : "") +
        (view.DataLoss > 0 ? $", unclean promotions {view.DataLoss}" : "");

    private static async Task<List<MadeView>> ReadHistoryAsync(OperatorClient client, string group)
    {
        List<MadeView> all = [];
        while (true)
        {
            Epoch after = all.Count == 0 ? Epoch.None : all[^1].View.Epoch;
            HistoryIs page = await client.AskAsync<GetHistory, HistoryIs>(new GetHistory(group, after)).ConfigureAwait(false);
            if (page.Views.Count == 0)
                return all;
            all.AddRange(page.Views);
        }
    }

    private static int ShowHistory(ViewOptions options, List<MadeView> views)
    {
        var json = new JsonArray([.. ChangeName.OfAll(views).Select(c => ToJson(c.Made, c.Name))]);
        string text = views.Count == 0
            ? $"group {options.Group} has had no view yet"
            : string.Join(Environment.NewLine, ChangeName.OfAll(views).Select(c => $"{WhenMade(c.Made),-20}  {c.Name,-9} {Describe(c.Made.View)}"));
        return options.Answer.Done(json, text);
    }

    private static JsonObject ToJson(MadeView made, string name)
    {
        JsonObject json = ViewJson.Of(made.View)!;
        json.Insert(0, "kind", made.Kind.ToString());
        json.Add("madeAt", made.MadeAt == 0 ? null : WhenMade(made));
        json.Add("change", name);
        return json;
    }

    private static string WhenMade(MadeView made) => made.MadeAt == 0
        ? "-"
        : DateTimeOffset.FromUnixTimeSeconds(made.MadeAt).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Warning(GroupHealth health, string group) => health switch
    {
        GroupHealth.Healthy => "",
        GroupHealth.RegisterLost =>
            $"{Environment.NewLine}LOST: its replicas have one; this name server was restored from nothing. Run 'nameserver repair --group {group}'.",
        GroupHealth.RegisterBehind =>
            $"{Environment.NewLine}BEHIND: a replica has a later one; this name server was restored from an old copy. Run 'nameserver repair --group {group}'.",
        GroupHealth.TwoClusters => $"{Environment.NewLine}TWO CLUSTERS are registered under this group: stop the servers that don't belong here.",
        _ => $"{Environment.NewLine}{health}",
    };
}
