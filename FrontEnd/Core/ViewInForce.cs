using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>The view a front end works in: the highest of the register's lineage that anybody has shown it. Owned by the core; only ViewIntake adopts.</summary>
internal sealed class ViewInForce(FrontEndSettings settings)
{
    private bool _isFromNameServer;

    public View? View { get; private set; }

    public Epoch Epoch => View?.Epoch ?? Epoch.None;

    public ClusterId Cluster => View?.Cluster ?? ClusterId.None;

    /// <summary>k: how many replicas must answer for orders to be taken.</summary>
    public int MinReplicas => View?.MinReplicas ?? settings.MinReplicas;

    /// <summary>The name server has said that there is no view: Bootstrap may follow.</summary>
    public bool IsKnownMissing { get; private set; }

    /// <summary>What the name server said last of the group.</summary>
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
    /// A replica may be told of the view. One of another lineage may set its directory aside then, so the view must be the register's: what
    /// a front end that has just started heard from a replica is not enough.
    /// </summary>
    public bool MayBeTold(View? adopted) => _isFromNameServer || adopted is null || adopted.Lineage == View?.Lineage;

    public void NoneAtNameServer() => IsKnownMissing = View is null;

    /// <summary>True if the view is now in force and was not before.</summary>
    /// <param name="conflicts">It contradicts the view in force, which stays.</param>
    public bool TryTake(View view, bool isFromNameServer, out bool conflicts)
    {
        conflicts = false;
        if (view.Group != settings.Group)
            return false;

        if (View is { } known && (view.Cluster != known.Cluster || view.Lineage != known.Lineage))
        {
            // A stray replica's view gives way to the register's. What the register has confirmed does to the register's own later
            // lineage only, never to another cluster.
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
