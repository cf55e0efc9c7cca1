using System.Globalization;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Commands;

/// <summary>A look at the group in one line: for a file, a pipe, or a terminal that can't be redrawn.</summary>
internal static class WatchLine
{
    public static string Of(WatchedMoment moment, string group)
    {
        GroupSurvey survey = moment.Survey;
        string at = moment.At.LocalDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string view = survey.View is { } v
            ? $"epoch {v.Epoch}, primary {v.Primary}, members {string.Join(' ', v.Members)}, joining {v.Joining?.ToString() ?? "nobody"}"
            : "no view yet";
        string replicas = string.Join(' ', survey.Replicas.Select(r => $"{r.Member.Id}:{(survey.LagOf(r)?.ToString(CultureInfo.InvariantCulture) ?? "?")}"));
        return $"{at} {moment.Verdict.Word} {group}: {view}, orders/s {RateOf(moment)}, lag {(replicas.Length > 0 ? replicas : "-")}, name server {HealthOf(survey)}" +
            (moment.Verdict.Because.Length == 0 ? "" : $"; {moment.Verdict}");
    }

    public static string RateOf(WatchedMoment moment) => moment.OrdersPerSecond?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>The name server's state in a few words; if something is wrong, the last ones say what that means or what to do.</summary>
    public static string HealthOf(GroupSurvey survey) =>
        survey.NameServer is { AnsweredMs: null } ? "AWAY: until it is back the view can't change"
        : survey.Health switch
        {
            GroupHealth.Healthy => string.Create(CultureInfo.InvariantCulture, $"ok ({survey.NameServer?.AnsweredMs:0.0} ms)"),
            GroupHealth.RegisterLost => "LOST THE VIEW: run 'nameserver repair'",
            GroupHealth.RegisterBehind => "HOLDS AN OLD VIEW: run 'nameserver repair'",
            _ => "KNOWS TWO CLUSTERS here: stop the servers of one",
        };
}
