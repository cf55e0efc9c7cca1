using System.Text.Json;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>What <c>frontend status --json</c> says, as a script reads it.</summary>
internal sealed record GroupStatus(ViewStatus? View, IReadOnlyList<ReplicaStatus> Replicas, IReadOnlyList<FrontEndStatus> FrontEnds)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Every member answers in the view's epoch, in its role, holds the same entries, and all of them are committed.</summary>
    public bool IsSettled => View is { } view && view.Joining is null && view.Members.All(m => Find(m.Id) is { } replica &&
        replica.Reachable && replica.Initialised && replica.Epoch == view.Epoch && replica.Commit == replica.Index && replica.Index == Find(view.Primary)!.Index &&
        replica.Role == (m.Id == view.Primary ? "primary" : "backup"));

    public IEnumerable<string> Members => (View?.Members ?? []).Select(m => m.Id).Order(StringComparer.Ordinal);

    public static GroupStatus Parse(string json) => JsonSerializer.Deserialize<GroupStatus>(json, Options)!;

    public ReplicaStatus? Find(string id) => Replicas.FirstOrDefault(r => r.Id == id);
}

internal sealed record ViewStatus(
    string Group, ulong Epoch, string Primary, IReadOnlyList<MemberStatus> Members, MemberStatus? Joining, int MinReplicas, int DataLoss);

internal sealed record MemberStatus(string Id, string DiskId);

internal sealed record ReplicaStatus(string Id, string? Endpoint, string Role, bool Initialised, ulong? Epoch, ulong? Index, ulong? Commit, bool Reachable);

internal sealed record FrontEndStatus(string Id, string Endpoint, bool HearsPrimary);
