using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Simulator.Users;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Nodes;

/// <summary>A user's process, whose disk is the profile; a user may run two at the same time.</summary>
internal sealed class UserNode(
    SimWorld world, int number, UserProfile profile, UserPlan plan, History history, Func<IReadOnlyList<Endpoint>> frontEnds, Func<ClusterId, bool> isStranger)
    : SimProcess(world, $"user{profile.Number}{(number % 2 == 0 ? "" : "b")}", number)
{
    private IUserCore? _core;

    public UserPlan Plan { get; } = plan;

    public UserProfile Profile { get; } = profile;

    /// <summary>No request of this user is waiting for its answer.</summary>
    public bool IsContent => _core is { IsIdle: true };

    protected override ICore Begin(Now now) => _core = Plan.IsCli
        ? new CliUserCore(this, Profile, Plan, history, frontEnds, isStranger)
        : new SimUserCore(this, Profile, Plan, history, frontEnds);
}
