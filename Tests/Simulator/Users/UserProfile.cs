using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Simulator.World;
using JustHungry.UserCli.Client;

namespace JustHungry.Simulator.Users;

/// <summary>What the CLI keeps in a user's profile file: it outlives the user's process.</summary>
internal sealed class UserProfile(int number, Chance chance)
{
    public int Number { get; } = number;

    public UserId Id { get; } = new(chance.Id());

    public UserKey Key { get; } = new(chance.Id(), chance.Id());

    /// <summary>Of the last update that was asked for.</summary>
    public Sequence Sequence { get; set; }

    /// <summary>The update whose outcome is not known yet: asked again before any other.</summary>
    public Operation? Pending { get; set; }

    /// <summary>The profile as it lies on the disk of a user with a CLI. Its sequences are what <see cref="Sequence"/> counts too.</summary>
    public Profile? File { get; set; }

    /// <summary>Every third user or so also has the owner's key: told by the id, so that it takes no chance of its own.</summary>
    public bool IsOwner => Id.Value % 3 == 0;

    /// <summary>What the owner saw last of the shop's orders.</summary>
    public IReadOnlyList<OrderOfUser> ToCook { get; set; } = [];

    /// <summary>How many orders the user knows of.</summary>
    public int Placed { get; set; }
}
