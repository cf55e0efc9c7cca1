using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Commands;

/// <summary>The JSON of <c>frontend status</c>: its fields are fixed, since scripts read them; new ones may be added.</summary>
internal static class StatusJson
{
    /// <summary>How many of the latest view changes are shown.</summary>
    private const int ChangesShown = 10;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by scripts and people, not by browsers
    };

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(GroupSurvey survey, Verdict verdict) => ToJson(survey, verdict).ToJsonString(Indented);

    /// <summary>One line of <c>--watch</c>: the same object, with the time, and with the order rate since the previous look.</summary>
    public static string OfMoment(WatchedMoment moment)
    {
        JsonObject json = ToJson(moment.Survey, moment.Verdict);
        json["at"] = Text(moment.At);
        json["ordersPerSecond"] = moment.OrdersPerSecond is { } rate ? Math.Round(rate, 1) : null;
        return json.ToJsonString(OneLine);
    }

    private static JsonObject ToJson(GroupSurvey survey, Verdict verdict) => new()
    {
        ["verdict"] = VerdictJson.Of(verdict),
        ["view"] = ViewJson.Of(survey.View),
        ["replicas"] = new JsonArray([.. survey.Replicas.Select(r => Of(survey, r))]),
        ["frontEnds"] = new JsonArray([.. survey.FrontEnds.Select(Of)]),
        ["nameServer"] = survey.NameServer is null ? null : new JsonObject
        {
            ["endpoint"] = survey.NameServer.Endpoint.ToString(),
            ["health"] = survey.NameServer.AnsweredMs is null ? "Away" : survey.Health.ToString(),
            ["answeredMs"] = survey.NameServer.AnsweredMs,
        },
        ["nameServers"] = new JsonArray([.. (survey.NameServer?.Each ?? []).Select(Of)]),
        ["changes"] = new JsonArray([.. ChangeName.OfAll(survey.History).TakeLast(ChangesShown).Select(c => Of(c.Made, c.Name))]),
    };

    private static JsonObject Of(ProbedNameServer nameServer) => new()
    {
        ["endpoint"] = nameServer.Endpoint.ToString(),
        ["answeredMs"] = nameServer.AnsweredMs,
        ["storageAnswers"] = nameServer.StorageAnswers,
        ["register"] = nameServer.Register == DiskId.None ? null : nameServer.Register.ToString(),
    };

    private static JsonObject Of(MadeView made, string name) => new()
    {
        ["epoch"] = made.View.Epoch.Value,
        ["kind"] = made.Kind.ToString(),
        ["primary"] = made.View.Primary.Value,
        ["members"] = new JsonArray([.. made.View.Members.Select(m => JsonValue.Create(m.Id.Value))]),
        ["joining"] = made.View.Joining?.Id.Value,
        ["madeAt"] = made.MadeAt == 0 ? null : Text(DateTimeOffset.FromUnixTimeSeconds(made.MadeAt)),
        ["change"] = name,
    };

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

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
        ["lag"] = survey.LagOf(replica),
        ["since"] = survey.SinceWhen(replica) is { } since ? Text(since) : null,
    };

    private static JsonObject Of(SurveyedFrontEnd frontEnd) => new()
    {
        ["id"] = frontEnd.Id,
        ["endpoint"] = frontEnd.Endpoint.ToString(),
        ["hearsPrimary"] = frontEnd.Report?.HearsPrimary ?? false,
        ["users"] = frontEnd.Report?.Users,
        ["waiting"] = frontEnd.Report?.Waiting,
        ["ordersPlaced"] = frontEnd.Report?.OrdersPlaced,
    };
}
