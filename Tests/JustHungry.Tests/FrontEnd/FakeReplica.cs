using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Tests.FrontEnd;

/// <summary>A replica as a front end sees it: what a test sets is what it answers.</summary>
internal sealed class FakeReplica(string id, int number)
{
    public ReplicaId Id { get; } = new(id);

    public Member Member { get; set; } = new(new ReplicaId(id), new DiskId((UInt128)(1_000 + number)));

    public Endpoint Endpoint { get; } = new("127.0.0.1", 7_000 + number);

    public BootId Boot { get; set; } = new((UInt128)(2_000 + number));

    /// <summary>The connection that the front end has to it now.</summary>
    public ConnectionId Connection { get; set; }

    /// <summary>False: a dial is refused.</summary>
    public bool IsListening { get; set; } = true;

    /// <summary>False: its connection is open and silent.</summary>
    public bool Answers { get; set; } = true;

    /// <summary>False: a NewView is left unanswered.</summary>
    public bool Adopts { get; set; } = true;

    public bool IsRegistered { get; set; } = true;

    public ClusterId Cluster { get; set; }

    public View? View { get; set; }

    public EntryPosition Last { get; set; }

    public bool Leads { get; set; }

    public bool HearsPrimary { get; set; } = true;

    public int Reaches { get; set; }

    public List<SpareReport> Spares { get; } = [];

    public long? UtcMs { get; set; }

    public StatusReport Report => new(
        Member, Boot, Cluster, RoleIn(View), View, Last, Last.Index, Leads, Leads || HearsPrimary, Reaches, Spares, UtcMs);

    public void Adopt(View view)
    {
        if (view.Epoch <= (View?.Epoch ?? Epoch.None))
            return;

        View = view;
        Cluster = view.Cluster;
        Leads = view.IsPrimary(Member);
        HearsPrimary = true;
        Spares.Clear();
    }

    private ReplicaRole RoleIn(View? view) =>
        view is null ? ReplicaRole.Spare
        : view.IsPrimary(Member) ? ReplicaRole.Primary
        : view.IsMember(Member) ? ReplicaRole.Backup
        : view.Joining == Member ? ReplicaRole.Joining
        : ReplicaRole.Spare;
}
