using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// The view a front end works in: the highest of the register's lineage that the name server or a replica of the view before has shown it.
/// Owned by the core; only ViewIntake changes it.
/// </summary>
internal sealed class ViewInForce(FrontEndSettings settings)
{
    private bool _isFromNameServer;
    private long? _emptySinceMs;

    public View? View { get; private set; }

    public Epoch Epoch => View?.Epoch ?? Epoch.None;

    public ClusterId Cluster => View?.Cluster ?? ClusterId.None;

    /// <summary>k: how many replicas must answer for orders to be taken.</summary>
    public int MinReplicas => View?.MinReplicas ?? settings.MinReplicas;

    /// <summary>The name server has said that there is no view: Bootstrap may follow.</summary>
    public bool IsKnownMissing { get; private set; }

    /// <summary>What the name server last said about the group.</summary>
    public GroupHealth Health { get; set; }

    public Member? Primary
    {
        get
        {
            foreach (Member member in View?.Members ?? [])
            {
                if (member.Id == View!.Primary)
                    return member;
            }

            return null;
        }
    }

    /// <summary>
    /// Whether a replica may be told of the view in force. A replica of another lineage may set its directory aside because of it, so the
    /// view must be the register's: for a front end that has just started, having heard it from a replica is not enough.
    /// </summary>
    public bool MayBeTold(View? adopted) => _isFromNameServer || adopted is null || adopted.Lineage == View?.Lineage;

    /// <summary>
    /// Whether a replica is believed when it shows a later view: one that counts in the view in force. Any other could name itself without
    /// ever having been admitted, so the name server is asked. If that has no view, it has lost its register, and everybody is believed once
    /// all have had the time to register, unless they are of two clusters: then only an operator knows whose users' orders these are.
    /// </summary>
    public bool Believes(Now now, Member replica) =>
        (_emptySinceMs is { } since && now.Ms - since >= Timing.GatherMs && Health != GroupHealth.TwoClusters) || View?.IsRequired(replica) == true;

    public void NoneAtNameServer(Now now)
    {
        _emptySinceMs ??= now.Ms;
        IsKnownMissing = View is null;
    }

    /// <summary>What it said about the register says nothing about the one that answers next.</summary>
    public void NameServerLost() => _emptySinceMs = null;

    /// <summary>True if the view is now in force and was not before.</summary>
    /// <param name="conflicts">The view contradicts the one in force, which stays.</param>
    public bool TryTake(View view, bool isFromNameServer, out bool conflicts)
    {
        conflicts = false;
        if (view.Group != settings.Group)
            return false;
        if (isFromNameServer)
            _emptySinceMs = null;

        if (View is { } known && (view.Cluster != known.Cluster || view.Lineage != known.Lineage))
        {
            // A view that only a stray replica showed gives way to the register's. A view that the register has confirmed gives way only
            // to a later lineage from the register itself, and never to another cluster.
            bool isOfCluster = view.Cluster == known.Cluster;
            bool isBetter = isFromNameServer && (!_isFromNameServer || (isOfCluster && view.Epoch > Epoch));
            conflicts = !isBetter && (!isOfCluster || view.Epoch == Epoch);
            if (!isBetter)
                return false;
        }
        else if (view.Epoch <= Epoch)
        {
            conflicts = view.Epoch == Epoch && !view.HasSameContentAs(View!);
            _isFromNameServer |= isFromNameServer && !conflicts;
            return false;
        }

        View = view;
        IsKnownMissing = false;
        _isFromNameServer |= isFromNameServer;
        return true;
    }
}
