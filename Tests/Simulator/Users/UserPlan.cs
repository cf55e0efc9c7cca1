using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.Users;

/// <summary>
/// How many wishes a user has, and how patient the user is. The schedule changes it: first come wishes, then a last order and the reads
/// that settle the books.
/// </summary>
internal sealed class UserPlan
{
    private const int HurryMostMs = 800;

    private readonly Queue<RequestKind> _last = new();
    private bool _isConcluding;

    /// <summary>The user retries as the CLI does, rather than impatiently.</summary>
    public required bool IsCli { get; init; }

    /// <summary>The group whose front ends the user looks for.</summary>
    public string Group { get; init; } = NameRules.DefaultGroup;

    /// <summary>How many copies of each request the user sends at once: more than one is greedy, and allowed.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>The profile can be saved, and nobody kills the user meanwhile: the faults are over.</summary>
    public bool SavesSafely { get; private set; }

    /// <summary>How long the user waits for an answer before trying another front end.</summary>
    public required int PatienceMs { get; set; }

    /// <summary>The longest time that the user thinks between two wishes.</summary>
    public required int PauseMostMs { get; set; }

    public required int WishesLeft { get; set; }

    /// <summary>The user has done everything planned.</summary>
    public bool IsDone => WishesLeft == 0 && _last.Count == 0;

    /// <summary>For how many wishes the user will think only briefly.</summary>
    public int Hurried { get; private set; }

    /// <summary>The hurried wishes only look at products, since an update would wait for a primary that can't answer it.</summary>
    public bool OnlyLooks { get; private set; }

    public void Hurry(int wishes, bool onlyLooks) => (Hurried, OnlyLooks) = (wishes, onlyLooks);

    public int PauseMs(Chance chance) => (int)chance.Skewed(1, Hurried-- > 0 ? HurryMostMs : PauseMostMs);

    /// <summary>From here on the user only does what proves that the shop works again and shows what became of everything.</summary>
    public void Conclude()
    {
        _isConcluding = true;
        SavesSafely = true;
        WishesLeft = 0;
        PauseMostMs = 5;
        _last.Enqueue(RequestKind.PlaceOrder);
        _last.Enqueue(RequestKind.ViewOrders);
        _last.Enqueue(RequestKind.ProductList);
    }

    /// <summary>The user goes on with further wishes.</summary>
    public void GoOn(int pauseMostMs)
    {
        _isConcluding = false;
        WishesLeft = int.MaxValue;
        PauseMostMs = pauseMostMs;
    }

    /// <summary>A request planned for the end got no answer and must be made again.</summary>
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
        return OnlyLooks && Hurried > 0 ? Look(profile, nowUs) : wishes.Next(profile, nowUs);
    }

    /// <summary>For who can't begin an update now; null if no wishes are left.</summary>
    public Operation? NextLook(UserProfile profile, long nowUs)
    {
        if (WishesLeft == 0)
            return null;
        WishesLeft--;
        return Look(profile, nowUs);
    }

    private static Operation Look(UserProfile profile, long nowUs) => Wishes.Read(profile, RequestKind.ProductList, nowUs);
}
