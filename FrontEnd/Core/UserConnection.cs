using JustHungry.Protocol.Rpc;

namespace JustHungry.FrontEnd.Core;

/// <summary>A user's connection; its requests hold on to it, so that an answer finds it without a look-up.</summary>
internal sealed class UserConnection(ConnectionId id)
{
    public ConnectionId Id => id;

    public bool IsOpen { get; set; } = true;

    /// <summary>Requests taken from it and not answered yet.</summary>
    public int InFlight { get; set; }
}
