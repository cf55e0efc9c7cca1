using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Health;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>One replica of the group as the name server lists it and as it answers. Owned by <see cref="ReplicaDirectory"/>.</summary>
internal sealed class LocatedReplica(ReplicaId id, Registration registration)
{
    private (EntryPosition Last, Epoch Adopted)? _moved;

    public ReplicaId Id => id;

    public Registration Registration { get; set; } = registration;

    public Endpoint Endpoint => Registration.Endpoint;

    /// <summary>Its place in the order in which the name server first recorded the replicas.</summary>
    public int QueueOrder { get; set; }

    public bool IsListed { get; set; }

    public ConnectionId Connection { get; set; }

    public bool IsOpen { get; set; }

    public long OpenedMs { get; set; }

    /// <summary>The process at the other end of the open connection.</summary>
    public BootId Boot { get; set; }

    public Redial Redial { get; } = new(Timing.RedialMs, Timing.RedialMaxMs);

    public long NextStatusMs { get; set; }

    public LastHeard Heard { get; set; }

    /// <summary>Its last answer on the open connection; null before the first.</summary>
    public StatusReport? Report { get; private set; }

    /// <summary>When the Status that <see cref="Report"/> answers was sent.</summary>
    public long ReportAskedMs { get; private set; }

    /// <summary>How its clock stood at its last answer.</summary>
    public ClockReading? Clock { get; private set; }

    /// <summary>When a report last showed progress, in the log or in the adopted view: the disk works, however slowly.</summary>
    public long MovedMs { get; private set; }

    /// <summary>The latest epoch that it is known to have adopted.</summary>
    public Epoch Adopted { get; private set; }

    /// <summary>The epoch in which it leads, according to its own answers; none if it does not.</summary>
    public Epoch LeadsIn { get; set; }

    /// <summary>The latest view it was sent, and when.</summary>
    public Epoch Announced { get; set; }

    public long AnnouncedMs { get; set; }

    /// <summary>What the last Sync told the primary about this replica, on which connection and in which epoch.</summary>
    public (ConnectionId Primary, Epoch Epoch, Member Member, Endpoint Endpoint) Synced { get; set; }

    /// <summary>It is the primary and is about to stop.</summary>
    public bool IsResigning { get; set; }

    /// <summary>It is about to stop.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Who it says it is; before its first answer, who it registered as.</summary>
    public Member Member => Report?.Self ?? new Member(Id, Registration.Disk);

    /// <summary>False for a replica of another cluster; one that does not belong to a cluster yet fits any.</summary>
    public bool Fits(ClusterId cluster)
    {
        ClusterId own = Report?.Cluster ?? Registration.Cluster;
        return own == ClusterId.None || cluster == ClusterId.None || own == cluster;
    }

    public void Reported(Now now, in StatusReport report, long askedMs)
    {
        if (_moved != (report.Last, report.Adopted))
        {
            _moved = (report.Last, report.Adopted);
            MovedMs = now.Ms;
        }

        Report = report;
        ReportAskedMs = askedMs;
        Clock = ClockReading.Of(report.UtcMs, now.UtcMs, now.Ms - askedMs);
        Adopted = report.Adopted;
        LeadsIn = report.Leading ? report.Adopted : Epoch.None;
    }

    public void HasAdopted(Epoch epoch)
    {
        if (epoch > Adopted)
            Adopted = epoch;
    }

    /// <summary>
    /// The replica says that it lacks the view: forgets what it was known to have adopted, so that the view is sent again.
    /// </summary>
    public void LacksView()
    {
        Adopted = Epoch.None;
        Announced = Epoch.None;
        LeadsIn = Epoch.None;
    }

    /// <summary>Forgets everything that belonged to the connection.</summary>
    public void Disconnected()
    {
        Connection = ConnectionId.None;
        IsOpen = false;
        Boot = BootId.None;
        Report = null;
        Adopted = Epoch.None;
        LeadsIn = Epoch.None;
        Announced = Epoch.None;
        IsResigning = false;
        IsLeaving = false;
    }
}
