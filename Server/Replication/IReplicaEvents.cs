using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>What a replica's core tells its process, which logs it. Nothing here changes what the core does: what it asks stands in <see cref="IReplicaHost"/>.</summary>
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

    /// <summary>A member or joining replica has its log proved equal to the primary's, for the first time in this epoch.</summary>
    void FollowerLevel(Member follower, EntryIndex match)
    {
    }

    void Stalled(Epoch epoch, StalledMember member)
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

    /// <summary>A view came whose epoch is the adopted one, but not its content; or one whose history has forked from the adopted one's.</summary>
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

    /// <summary>Entry 1 is committed, and applied here: it will never be another. Told once a run, on a spare perhaps late.</summary>
    /// <param name="owner">The hash of the owner's key; null: the shop has no owner.</param>
    void ShopOpened(KeyHash? owner)
    {
    }

    void NameServerReached()
    {
    }

    void NameServerLost()
    {
    }

    /// <summary>The name of this replica was given to another process, which found this one dead: the daemon must stop.</summary>
    void NameTaken(Registration holder)
    {
    }

    /// <summary>The data directory is set aside after an unclean promotion: the daemon must start anew on an empty one.</summary>
    void MustSetAside(View view, EntryPosition last)
    {
    }
}
