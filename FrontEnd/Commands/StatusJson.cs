using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Commands;

/// <summary>The JSON of <c>frontend status</c> and <c>frontend promote</c>: fixed, since scripts read it.</summary>
internal static class StatusJson
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by scripts and people, not by browsers
    };

    public static string Of(GroupSurvey survey) => new JsonObject
    {
        ["view"] = Of(survey.View),
        ["replicas"] = new JsonArray([.. survey.Replicas.Select(r => Of(survey, r))]),
        ["frontEnds"] = new JsonArray([.. survey.FrontEnds.Select(Of)]),
    }.ToJsonString(Indented);

    public static string OfView(View view) => new JsonObject { ["view"] = Of(view) }.ToJsonString(Indented);

    public static string Refusal(string error, string message) =>
        new JsonObject { ["error"] = error, ["message"] = message }.ToJsonString(Indented);

    private static JsonObject? Of(View? view) => view is null ? null : new JsonObject
    {
        ["group"] = view.Group,
        ["epoch"] = view.Epoch.Value,
        ["primary"] = view.Primary.Value,
        ["members"] = new JsonArray([.. view.Members.Select(m => Of(m))]),
        ["joining"] = view.Joining is { } joining ? Of(joining) : null,
        ["minReplicas"] = view.MinReplicas,
        ["dataLoss"] = view.DataLoss,
    };

    private static JsonObject Of(Protocol.Ids.Member member) => new() { ["id"] = member.Id.Value, ["diskId"] = member.Disk.ToString() };

    private static JsonObject Of(GroupSurvey survey, SurveyedReplica replica) => new()
    {
        ["id"] = replica.Member.Id.Value,
        ["endpoint"] = replica.Endpoint?.ToString(),
        ["role"] = StatusText.RoleOf(survey, replica),
        ["initialised"] = survey.IsInitialised(replica),
        ["epoch"] = replica.Report?.Adopted.Value,
        ["index"] = replica.Report?.Last.Index.Value,
        ["commit"] = replica.Report?.Commit.Value,
        ["reachable"] = replica.Report is not null,
    };

    private static JsonObject Of(SurveyedFrontEnd frontEnd) => new()
    {
        ["id"] = frontEnd.Id,
        ["endpoint"] = frontEnd.Endpoint.ToString(),
        ["hearsPrimary"] = frontEnd.Report?.HearsPrimary ?? false,
    };
}
