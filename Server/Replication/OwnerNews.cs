using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// Tells once in each run which owner's key is the shop's. Only a member that leads or hears its primary knows that: the tables and the log
/// that a start finds may be older than a rotation. Owned by the core.
/// </summary>
internal sealed class OwnerNews(ReplicaContext replica)
{
    private readonly EntryIndex _found = replica.Log.Last.Index;
    private bool _hasTold;
    private (KeyHash? Owner, EntryIndex At)? _next;

    /// <param name="inTouch">This replica leads, or hears its primary.</param>
    public void BatchEnded(View? adopted, bool inTouch)
    {
        if (_hasTold || replica.Log.IsDropped || replica.Shop is not { IsReloading: false, State: { IsOpen: true } shop })
            return;

        // A primary applies an entry before it is committed, so its state becomes true only with the log's end of now.
        EntryIndex end = replica.Log.Last.Index;
        if (_next is not { } next || next.Owner != shop.OwnerKey || next.At > end)
            _next = next = (shop.OwnerKey, end);
        EntryIndex commit = replica.Log.Commit;
        if (!inTouch || adopted?.IsMember(replica.Self) != true || commit < next.At || commit < _found || replica.Log.EpochAt(commit) != adopted.Epoch)
            return;

        _hasTold = true;
        replica.Events.OwnerKnown(shop.OwnerKey);
    }
}
