using JustHungry.Protocol.Cores;

namespace JustHungry.FrontEnd.Core;

/// <summary>A user's connection. Its requests refer to it, so that an answer finds it without a look-up.</summary>
internal sealed class UserConnection(ConnectionId id)
{
    /// <summary>What is expected before the first answer has come: more than most retrievals need.</summary>
    private const int FirstLookBytes = 16 * 1024;

    /// <summary>When an answer is shorter than expected, the expectation shrinks by an eighth of the difference.</summary>
    private const int ForgetsShift = 3;

    public ConnectionId Id => id;

    public bool IsOpen { get; set; } = true;

    /// <summary>Requests taken from it and not answered yet.</summary>
    public int InFlight { get; set; }

    /// <summary>
    /// Requests that have not gone to the primary, in the order in which they came. Owned by <see cref="Turns"/>, as is everything below.
    /// </summary>
    public Queue<(RequestSlot Slot, ulong Arrival)> Waiting { get; } = new();

    public bool HasTurn { get; set; }

    /// <summary>How many of its requests under way ask the postcode service first.</summary>
    public int LookUps { get; set; }

    /// <summary>The bytes that its requests under way and its held answers take.</summary>
    public long Reserved { get; set; }

    /// <summary>The expected length of the answer to its next retrieval, judging by the last ones.</summary>
    public int LookBytes { get; private set; } = FirstLookBytes;

    public void LookTook(int bytes) => LookBytes = Math.Max(bytes, LookBytes - ((LookBytes - bytes) >> ForgetsShift));
}
