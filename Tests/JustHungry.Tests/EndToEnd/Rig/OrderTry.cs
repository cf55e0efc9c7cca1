using JustHungry.Protocol.Ordering;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>What a user knows of an update.</summary>
internal enum Outcome
{
    /// <summary>Sent, and no final answer yet.</summary>
    Unknown,
    Acknowledged,
    Refused,

    /// <summary>Given up before any try was sent.</summary>
    NotSent,
}

/// <summary>One order that a user tried to place, and its cancellation if that was tried too. The tip, unique per user, tells which it is.</summary>
internal sealed class OrderTry(OrderDraft draft, double begunMs)
{
    public OrderDraft Draft => draft;

    public long Tip => draft.Tip.Value;

    public double BegunMs => begunMs;

    public double AnsweredMs { get; set; }

    public Outcome Placed { get; set; }

    public Order? Order { get; set; }

    /// <summary>Null: nobody tried.</summary>
    public Outcome? Cancelled { get; set; }
}
