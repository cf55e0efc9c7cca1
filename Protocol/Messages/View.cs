using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Names;
using MessagePack;

namespace JustHungry.Protocol.Messages;

/// <summary>
/// Who serves a group in one epoch: the content of the name server's register. Immutable; a change is a new view with the next epoch.
/// </summary>
/// <param name="Cluster">Made at Bootstrap, and the same in every later view.</param>
/// <param name="Members">
/// Everything that commits is on all of them. At least <paramref name="MinReplicas"/> of them, except after an unclean promotion.
/// </param>
/// <param name="Joining">Its acks are required already; it becomes a member by Admit.</param>
/// <param name="DataLoss">How many unclean promotions and repairs there have been.</param>
public sealed record View(
    ClusterId Cluster, string Group, Epoch Epoch, ReplicaId Primary, IReadOnlyList<Member> Members, Member? Joining, int MinReplicas, int DataLoss)
{
    /// <summary>More replicas than anybody runs; a bound for decoding.</summary>
    public const int MembersMax = 64;

    /// <summary>The number of fields of a view in the first lineage, and of every view that was written before there were others.</summary>
    private const int FirstFields = 8;

    /// <summary>The history that this view continues. Only an operator can make it differ from that of the view before.</summary>
    public Lineage Lineage { get; init; }

    /// <summary>
    /// True for a view that is consistent in itself: among other things it has one primary, whose id no other member has.
    /// </summary>
    public bool IsWellFormed =>
        Cluster != ClusterId.None && NameRules.IsGroup(Group) && Epoch != Epoch.None && Epoch <= Epoch.Max && DataLoss >= 0 &&
        MinReplicas is >= 1 and <= MembersMax && Members.Count is >= 1 and <= MembersMax && HasDistinctMembers() &&
        (Joining is not { } joining || (joining.Disk != DiskId.None && joining.Id != Primary && !IsMember(joining)));

    public bool IsMember(Member member) => Members.Contains(member);

    /// <summary>True for those whose acks a commit needs: members, and joining.</summary>
    public bool IsRequired(Member member) => IsMember(member) || Joining == member;

    /// <summary>Members and joining.</summary>
    public IEnumerable<Member> Required => Joining is { } joining ? Members.Append(joining) : Members;

    public bool IsPrimary(Member member) => member.Id == Primary && IsMember(member);

    /// <summary>
    /// True if what a replica holds under this view belongs to the history of a later one: both are of one lineage, or the later one's
    /// lineage began after this view and the later view requires the replica.
    /// </summary>
    public bool LeadsTo(View later, Member replica)
    {
        ArgumentNullException.ThrowIfNull(later);
        return IsBefore(later) && ((later.Lineage == Lineage && later.DataLoss == DataLoss) || later.IsRequired(replica));
    }

    /// <summary>True unless the histories of the two have forked: the later one's lineage began at or before this view.</summary>
    public bool IsBefore(View later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return later.Lineage == Lineage ? later.DataLoss >= DataLoss // unclean promotions were counted before lineages were noted
            : later.Lineage.Since > Epoch;
    }

    public bool HasSameContentAs(View other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Cluster == other.Cluster && Group == other.Group && Epoch == other.Epoch && Primary == other.Primary && Joining == other.Joining &&
            MinReplicas == other.MinReplicas && DataLoss == other.DataLoss && Lineage == other.Lineage && Members.SequenceEqual(other.Members);
    }

    public static void Write(ref MessagePackWriter writer, View? view)
    {
        if (view is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(view.Lineage == Lineage.First ? FirstFields : FirstFields + 2);
        writer.WriteId(view.Cluster.Value);
        writer.Write(view.Group);
        writer.Write(view.Epoch.Value);
        writer.Write(view.Primary.Value);
        writer.WriteList(view.Members, Wire.WriteMember);
        if (view.Joining is { } joining)
            writer.WriteMember(joining);
        else
            writer.WriteNil();
        writer.Write(view.MinReplicas);
        writer.Write(view.DataLoss);
        if (view.Lineage == Lineage.First)
            return;
        writer.WriteId(view.Lineage.Id);
        writer.Write(view.Lineage.Since.Value);
    }

    public static View Read(ref MessagePackReader reader) =>
        ReadOptional(ref reader) ?? throw new MessagePackSerializationException("nil where a view was expected");

    public static View? ReadOptional(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
            return null;

        int fields = reader.ReadArrayHeader();
        if (fields is not (FirstFields or FirstFields + 2))
            throw new MessagePackSerializationException($"a view of {fields} elements");
        var view = new View(
            new ClusterId(reader.ReadId()), reader.ReadText(NameRules.GroupCharsMax), reader.ReadEpoch(), reader.ReadReplicaId(),
            reader.ReadList(MembersMax, Wire.ReadMember), reader.TryReadNil() ? null : reader.ReadMember(), reader.ReadInt32(), reader.ReadInt32())
        {
            Lineage = fields > FirstFields ? new Lineage(reader.ReadId(), reader.ReadEpoch()) : Lineage.First,
        };
        return view.IsWellFormed ? view : throw new MessagePackSerializationException("a view that is not well-formed");
    }

    /// <summary>
    /// An id may occur twice (when a replica's disk was replaced), but not the primary's, since a view names its primary by id alone.
    /// </summary>
    private bool HasDistinctMembers() =>
        Members.Distinct().Count() == Members.Count && Members.All(m => m.Disk != DiskId.None) && Members.Count(m => m.Id == Primary) == 1;

    public override string ToString() =>
        $"epoch {Epoch}, primary {Primary}, members {string.Join(' ', Members)}" + (Joining is { } j ? $", joining {j}" : "");
}
