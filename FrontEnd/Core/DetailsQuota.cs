using JustHungry.Protocol.Cores;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// How fast users may send details, from one address and in all. Each may make a customer, whom the shop keeps; and a front end can't tell
/// those of new users from others. Owned by <see cref="Relay"/>.
/// </summary>
internal sealed class DetailsQuota(FrontEndLimits limits)
{
    /// <summary>
    /// Where so many origins are remembered, those are forgotten whose buckets are full again. Few of that many are not, since all of them
    /// together come no faster than <see cref="FrontEndLimits.DetailsInAll"/> lets them.
    /// </summary>
    private const int OriginsMax = 8_192;

    private readonly SortedDictionary<Origin, long> _fullAtUs = [];
    private long _allFullAtUs;

    /// <summary>How many origins are remembered.</summary>
    public int Remembered => _fullAtUs.Count;

    /// <summary>False if it comes too fast; otherwise it is counted.</summary>
    public bool TryTake(Now now, Origin from)
    {
        long fullAtUs = _fullAtUs.GetValueOrDefault(from);
        if (!limits.DetailsOfAddress.HasRoom(now, fullAtUs) || !limits.DetailsInAll.HasRoom(now, _allFullAtUs))
        {
            Rare.Reached(RareBranch.DetailsTooFast);
            return false;
        }

        if (_fullAtUs.Count >= OriginsMax)
            ForgetFull(now);
        _fullAtUs[from] = limits.DetailsOfAddress.After(now, fullAtUs);
        _allFullAtUs = limits.DetailsInAll.After(now, _allFullAtUs);
        return true;
    }

    private void ForgetFull(Now now)
    {
        foreach (Origin full in _fullAtUs.Where(o => Pace.IsFull(now, o.Value)).Select(o => o.Key).ToList())
            _fullAtUs.Remove(full);
    }
}
