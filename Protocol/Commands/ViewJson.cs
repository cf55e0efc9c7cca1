using System.Text.Json.Nodes;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Commands;

/// <summary>A view as the operators' commands print it: its fields are fixed, since scripts read them; new ones may be added.</summary>
public static class ViewJson
{
    /// <summary>The view as JSON; null if there is no view.</summary>
    public static JsonObject? Of(View? view) => view is null ? null : new JsonObject
    {
        ["group"] = view.Group,
        ["epoch"] = view.Epoch.Value,
        ["primary"] = view.Primary.Value,
        ["members"] = new JsonArray([.. view.Members.Select(m => Of(m))]),
        ["joining"] = view.Joining is { } joining ? Of(joining) : null,
        ["minReplicas"] = view.MinReplicas,
        ["dataLoss"] = view.DataLoss,
    };

    private static JsonObject Of(Member member) => new() { ["id"] = member.Id.Value, ["diskId"] = member.Disk.ToString() };
}
