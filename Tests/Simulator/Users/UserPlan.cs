using JustHungry.Protocol.Messages;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Users;

/// <summary>How much a user wants and how patient the user is. The schedule changes it: first wishes, then the last order and reads that settle the books.</summary>
internal sealed class UserPlan
{
    private const int HurryMostMs = 800;

    private readonly Queue<RequestKind> _last = new();
    private bool _isConcluding;

    /// <summary>The user tries as the CLI does, and not as somebody who is in a hurry.</summary>
    public required bool IsCli { get; init; }

    /// <summary>Without an answer for so long, in milliseconds, the user tries elsewhere.</summary>
    public required int PatienceMs { get; set; }

    /// <summary>How long the user thinks between two wishes, at most, in milliseconds.</summary>
    public required int PauseMostMs { get; set; }

    public required int WishesLeft { get; set; }

    /// <summary>The user has done everything that was planned.</summary>
    public bool IsDone => WishesLeft == 0 && _last.Count == 0;

    /// <summary>For so many wishes the user does not think for long.</summary>
    public int Hurried { get; private set; }

    /// <summary>The hurried wishes only look at what there is: an update would wait for a primary that can't answer it.</summary>
    public bool OnlyLooks { get; private set; }

    public void Hurry(int wishes, bool onlyLooks) => (Hurried, OnlyLooks) = (wishes, onlyLooks);

    public int PauseMs(Chance chance) => (int)chance.Skewed(1, Hurried-- > 0 ? HurryMostMs : PauseMostMs);

    /// <summary>From here on only what proves that the shop works again, and shows what became of everything.</summary>
    public void Conclude()
    {
        _isConcluding = true;
        WishesLeft = 0;
        PauseMostMs = 5;
        _last.Enqueue(RequestKind.PlaceOrder);
        _last.Enqueue(RequestKind.ViewOrders);
        _last.Enqueue(RequestKind.ProductList);
    }

    /// <summary>There is no end yet: the user goes on wishing.</summary>
    public void GoOn(int pauseMostMs)
    {
        _isConcluding = false;
        WishesLeft = int.MaxValue;
        PauseMostMs = pauseMostMs;
    }

    /// <summary>Something planned for the end got no answer.</summary>
    public void AskAgain(RequestKind kind)
    {
        if (_isConcluding && kind is RequestKind.PlaceOrder or RequestKind.ViewOrders or RequestKind.ProductList)
            _last.Enqueue(kind);
    }

    public Operation? Next(Wishes wishes, UserProfile profile, long nowUs)
    {
        if (_last.TryDequeue(out RequestKind kind))
            return kind == RequestKind.PlaceOrder ? wishes.SmallOrder(profile, nowUs) : Wishes.Read(profile, kind, nowUs);
        if (WishesLeft == 0)
            return null;

        WishesLeft--;
        if (OnlyLooks && Hurried > 0)
            return Wishes.Read(profile, RequestKind.ProductList, nowUs);
        return wishes.Next(profile, nowUs);
    }
}
