using System.Text.Json.Nodes;

namespace JustHungry.Protocol.Health;

/// <summary>A verdict as the operators' commands print it: its fields are fixed, since scripts read them; new ones may be added.</summary>
public static class VerdictJson
{
    public static JsonObject Of(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return new JsonObject { ["takesOrders"] = verdict.TakesOrders, ["word"] = verdict.Word, ["because"] = verdict.Because, ["do"] = verdict.Do };
    }
}
