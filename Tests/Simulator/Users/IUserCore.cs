using JustHungry.Protocol.Cores;

namespace JustHungry.Simulator.Users;

/// <summary>A user's side of the conversation.</summary>
internal interface IUserCore : ICore
{
    /// <summary>Nothing that was asked for waits for its answer.</summary>
    bool IsIdle { get; }
}
