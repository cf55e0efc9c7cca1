using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>
/// What a replica's core tells its process, which logs it. Nothing here changes what the core does; what the core asks for is in
/// <see cref="IReplicaHost"/>.
/// </summary>
internal interface IReplicaEvents
{
    void Adopted(View view, ReplicaRole role)
    {
    }

    /// <summary>This replica serves as the primary of <paramref name="epoch"/> from here on.</summary>
    void Leads(Epoch epoch, EntryIndex viewStarted)
    {
    }

    void SteppedDown(Epoch epoch, Epoch later)
    {
    }

    /// <summary>The log of a member or of the joining replica is proved equal to the primary's, for the first time in this epoch.</summary>
    void FollowerLevel(Member follower, EntryIndex match)
    {
    }

    void Stalled(Epoch epoch, StalledMember member)
    {
    }

    /// <summary>This primary's clock, which orders get their times from, is far from a follower's.</summary>
    /// <param name="aheadMs">By how much it is ahead; less than 0: behind.</param>
    void ClockApart(Member follower, long aheadMs)
    {
    }

    void TransferBegun(Member spare, EntryPosition at)
    {
    }

    void TransferEnded(Member spare, int chunks)
    {
    }

    void InstallBegun(EntryPosition at)
    {
    }

    void InstallEnded(EntryPosition at)
    {
    }

    /// <summary>
    /// A view came that has the known view's epoch but another content, or whose history has forked from that of the known view.
    /// </summary>
    void ConflictingView(View adopted, View other)
    {
    }

    void GroupHealthChanged(GroupHealth health)
    {
    }

    /// <summary>The name server has given this replica its name, for the first time in this run.</summary>
    void Registered()
    {
    }

    /// <summary>It is committed whose shop this is. Told once in each run, and not on a spare.</summary>
    /// <param name="owner">The hash of the owner's key; null: the shop has no owner.</param>
    void OwnerKnown(KeyHash? owner)
    {
    }

    void NameServerReached()
    {
    }

    void NameServerLost()
    {
    }

    /// <summary>Two name servers of the list have different registers.</summary>
    void OtherRegisterMet(OtherRegister met)
    {
    }

    /// <summary>Another process took over this replica's name because it found this one dead: the daemon must stop.</summary>
    void NameTaken(Registration holder)
    {
    }

    /// <summary>
    /// The data directory is set aside after an unclean promotion or a repair: the daemon must start again on an empty one.
    /// </summary>
    void MustSetAside(View view, EntryPosition last)
    {
    }
}
