using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Server.Replication;

/// <summary>What a replica's core tells its daemon, which logs it. Nothing here changes what the core does.</summary>
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

    /// <summary>A view came whose epoch is the adopted one, but not its content.</summary>
    void ConflictingView(View adopted, View other)
    {
    }

    void GroupHealthChanged(GroupHealth health)
    {
    }

    void NameServerReached()
    {
    }

    void NameServerLost()
    {
    }

    /// <summary>
    /// Another process holds this replica's name, which it has never had itself: the daemon asks that one whether it lives, and calls
    /// <see cref="ReplicaCore.Replace"/> if it does not.
    /// </summary>
    void NameHeld(Registration holder)
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
