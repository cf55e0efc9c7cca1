using System.Text;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Commands;

/// <summary>The status for people: the verdict, one line for the view, one for each replica and front end.</summary>
internal static class StatusText
{
    public static string Of(GroupSurvey survey, Verdict verdict, string group)
    {
        var text = new StringBuilder();
        text.AppendLine(verdict.ToString());
        text.AppendLine(survey.View is { } view ? Of(view) : $"group {group}: no view yet");

        text.AppendLine();
        AppendTable(text, [["REPLICA", "ENDPOINT", "ROLE", "INITIALISED", "EPOCH", "INDEX", "COMMIT"], .. survey.Replicas.Select(r => RowOf(survey, r))]);
        text.AppendLine();
        AppendTable(text, [["FRONT END", "ENDPOINT", "PRIMARY", "USERS", "WAITING"], .. survey.FrontEnds.Select(RowOf)]);
        if (survey.NameServer is { Each: { Count: > 1 } each })
        {
            text.AppendLine();
            AppendTable(text, [["NAME SERVER", "STATE", "REGISTER"], .. each.Select(n => RowOf(n))]);
        }

        return text.ToString();
    }

    public static string Of(View view) =>
        $"group {view.Group}: epoch {view.Epoch}, primary {view.Primary}, members {string.Join(' ', view.Members)}, joining {view.Joining?.ToString() ?? "nobody"}, " +
        $"orders need {view.MinReplicas}" + (view.DataLoss > 0 ? $", unclean promotions {view.DataLoss}" : "");

    /// <summary>The role that the replica reports; if it does not answer, its role in the view.</summary>
    public static string RoleOf(GroupSurvey survey, SurveyedReplica replica)
    {
        if (replica.Report is { } report)
            return report.Role.ToString().ToLowerInvariant();

        return survey.View is not { } view ? "spare"
            : view.IsPrimary(replica.Member) ? "primary"
            : view.IsMember(replica.Member) ? "backup"
            : view.Joining == replica.Member ? "joining"
            : "spare";
    }

    private static string[] RowOf(GroupSurvey survey, SurveyedReplica replica)
    {
        string endpoint = replica.Endpoint?.ToString() ?? "not registered";
        string initialised = survey.IsInitialised(replica) ? "yes" : "no";
        return replica.Report is { } report
            ? [replica.Member.Id.Value, endpoint, RoleOf(survey, replica), initialised, report.Adopted.ToString(), report.Last.Index.ToString(), report.Commit.ToString()]
            : [replica.Member.Id.Value, endpoint, RoleOf(survey, replica), initialised, "unreachable", "-", "-"];
    }

    private static string[] RowOf(ProbedNameServer nameServer) =>
        [nameServer.Endpoint.ToString(), nameServer.State, nameServer.Register == DiskId.None ? "-" : nameServer.Register.ToString()[..8]];

    private static string[] RowOf(SurveyedFrontEnd frontEnd) => frontEnd.Report is { } report
        ? [frontEnd.Id[..8], frontEnd.Endpoint.ToString(), report.HearsPrimary ? "heard" : "not heard", report.Users.ToString(), report.Waiting.ToString()]
        : [frontEnd.Id[..8], frontEnd.Endpoint.ToString(), "unreachable", "-", "-"];

    private static void AppendTable(StringBuilder text, IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(r => r[column].Length))];
        foreach (string[] row in rows)
            text.AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
