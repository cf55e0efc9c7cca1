using JustHungry.Protocol.Ids;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Users;

/// <summary>What the CLI keeps in a user's profile file: it outlives the user's process.</summary>
internal sealed class UserProfile(int number, Chance chance)
{
    public int Number { get; } = number;

    public UserId Id { get; } = new(chance.Id());

    public UserKey Key { get; } = new(chance.Id(), chance.Id());

    /// <summary>Of the last update that was asked for.</summary>
    public ulong Sequence { get; set; }

    /// <summary>The update whose outcome is not known yet: asked again before any other.</summary>
    public Operation? Pending { get; set; }

    /// <summary>How many orders the user knows of.</summary>
    public int Placed { get; set; }
}
