using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.FrontEnd.Core;

/// <summary>How many requests each user has in flight. Owned by <see cref="RequestTable"/>.</summary>
internal sealed class InFlightByUser
{
    /// <summary>
    /// An ordered dictionary removes slowly, so users with none in flight stay listed until the list is this long; then at least half of
    /// it goes at once.
    /// </summary>
    private const int ListedMax = 2 * RequestTable.SlotsMax;

    private OrderedDictionary<UserId, int> _counts = [];

    public int Of(UserId user) => _counts.TryGetValue(user, out int count) ? count : 0;

    public void Began(UserId user)
    {
        if (_counts.Count >= ListedMax)
            _counts = new OrderedDictionary<UserId, int>(_counts.Where(c => c.Value > 0));
        if (!_counts.TryAdd(user, 1, out int at))
            _counts.SetAt(at, _counts.GetAt(at).Value + 1);
    }

    public void Ended(UserId user)
    {
        int at = _counts.IndexOf(user);
        int count = _counts.GetAt(at).Value;
        Invariant.Check(count > 0, $"a request of {user} ended, and none was in flight");
        _counts.SetAt(at, count - 1);
    }
}
