using JustHungry.Protocol.Cores;

namespace JustHungry.FrontEnd.Core;

/// <summary>A user's connection; its requests hold on to it, so that an answer finds it without a look-up.</summary>
internal sealed class UserConnection(ConnectionId id)
{
    /// <summary>Before the first answer has come: more than most looks need.</summary>
    private const int FirstLookBytes = 16 * 1024;

    /// <summary>Of what was expected above the last answer, an eighth is forgotten with each.</summary>
    private const int ForgetsShift = 3;

    public ConnectionId Id => id;

    public bool IsOpen { get; set; } = true;

    /// <summary>Requests taken from it and not answered yet.</summary>
    public int InFlight { get; set; }

    /// <summary>Those that have not gone to the primary, in the order in which they came. Owned by <see cref="Turns"/>, as is what follows.</summary>
    public Queue<(RequestSlot Slot, ulong Arrival)> Waiting { get; } = new();

    public bool HasTurn { get; set; }

    /// <summary>What its requests under way and its held answers take.</summary>
    public long Reserved { get; set; }

    /// <summary>How long the answer to its next retrieval may be, as far as its last ones tell.</summary>
    public int LookBytes { get; private set; } = FirstLookBytes;

    public void LookTook(int bytes) => LookBytes = Math.Max(bytes, LookBytes - ((LookBytes - bytes) >> ForgetsShift));
}
