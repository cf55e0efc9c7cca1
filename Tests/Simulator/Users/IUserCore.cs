using JustHungry.Protocol.Cores;

namespace JustHungry.Simulator.Users;

/// <summary>The core of a user's process.</summary>
internal interface IUserCore : ICore
{
    /// <summary>No request is waiting for its answer.</summary>
    bool IsIdle { get; }
}
