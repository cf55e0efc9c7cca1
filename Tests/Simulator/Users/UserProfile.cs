using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.World;
using JustHungry.UserCli.Client;

namespace JustHungry.Simulator.Users;

/// <summary>What the CLI keeps in a user's profile file, which outlives the user's process.</summary>
internal sealed class UserProfile(int number, Chance chance)
{
    private (SimProcess Process, int Start)? _holder;

    public int Number { get; } = number;

    public UserId Id { get; } = new(chance.Id());

    public UserKey Key { get; } = new(chance.Id(), chance.Id());

    /// <summary>The sequence of the last update that was asked for.</summary>
    public Sequence Sequence { get; set; }

    /// <summary>The update whose outcome is not known yet; it is asked again before any other.</summary>
    public Operation? Pending { get; set; }

    /// <summary>The profile on the disk of a user whose core is the CLI's. <see cref="Sequence"/> counts the same sequences.</summary>
    public Profile? File { get; set; }

    /// <summary>
    /// Another process of this user's, which is alive, has locked the file, as a process does from the beginning of an update to its end.
    /// </summary>
    public bool IsLockedFor(SimProcess process) =>
        _holder is var (holder, start) && holder != process && holder.IsUp && holder.Starts == start;

    public void Lock(SimProcess process) => _holder = (process, process.Starts);

    public void Unlock() => _holder = null;

    /// <summary>About every third user also has the owner's key. The id decides which, so that no random number is drawn for it.</summary>
    public bool IsOwner => Id.Value % 3 == 0;

    /// <summary>The shop's orders as the owner last saw them.</summary>
    public IReadOnlyList<OrderOfUser> ToCook { get; set; } = [];

    /// <summary>How many orders the user knows of.</summary>
    public int Placed { get; set; }
}
