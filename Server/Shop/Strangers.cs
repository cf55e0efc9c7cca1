using System.Buffers;
using System.Runtime.InteropServices;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Shop;

/// <summary>
/// The last updates that were refused to strangers: to users whom the shop does not keep for ever. Numbered by rising numbers over all
/// of them; the oldest goes when there are too many, so that no flood makes the state grow. A stranger is a user id with a key: whoever
/// else makes the id known, what was said under this key is not said otherwise.
/// </summary>
internal sealed class Strangers
{
    /// <summary>
    /// Some 6 MB in memory and 3 MB on disk. A flood of new users' orders, as fast as a primary takes them, replaces all within a second;
    /// what a late copy gets after that is said in REPLICATION.md, rule 18.
    /// </summary>
    public const int KeptMax = 16 * 1024;

    // Trees: no request pays for a copy of the whole table. Chained, newest first: a number that is not kept any more ends the chain.
    private readonly SortedDictionary<ulong, Refusal> _refusals = [];
    private readonly SortedDictionary<(UInt128 User, UInt128 High, UInt128 Low), ulong> _newest = [];
    private ulong _last;

    public int Count => _refusals.Count;

    public ulong NextNumber => _last + 1;

    /// <summary>Adds the next refusal, or writes the last one again. The first one may have any number: a state transfer brings no older ones.</summary>
    /// <param name="number">Its number among all strangers' refusals.</param>
    public void Add(ulong number, KeyHash key, in AnsweredRequest request)
    {
        Invariant.Check(number != 0 && (Count == 0 || number == NextNumber || number == _last), "strangers' refusals are numbered without gaps");
        (UInt128, UInt128, UInt128) stranger = NameOf(request.User, key);
        ulong previous = number == _last && Count > 0 ? _refusals[number].Previous : _newest.GetValueOrDefault(stranger);
        byte[] answer = request.Answer.ToArray();
        _refusals[number] = new Refusal(key, request with { Answer = new ReadOnlySequence<byte>(answer) }, previous);
        _newest[stranger] = _last = number;
        if (Count > KeptMax)
            Evict(number - KeptMax);
    }

    /// <summary>What this stranger was answered last, as a customer's answers are kept; null: nothing that is still known.</summary>
    public AnsweredRing? AnsweredTo(UserId user, KeyHash key)
    {
        if (!_newest.TryGetValue(NameOf(user, key), out ulong number))
            return null;

        var last = new Stack<AnsweredRequest>();
        for (; last.Count < AnsweredRing.KeptMax && _refusals.TryGetValue(number, out Refusal refusal); number = refusal.Previous)
            last.Push(refusal.Request);
        var answered = new AnsweredRing();
        foreach (AnsweredRequest request in last)
            answered.Add(request);
        return answered;
    }

    public void WriteTo(IShopTables tables)
    {
        for (ulong number = NextNumber - (ulong)Count; number <= _last; number++)
            tables.AddStrangersRefusal(number, _refusals[number].Key, _refusals[number].Request);
    }

    private static (UInt128 User, UInt128 High, UInt128 Low) NameOf(UserId user, KeyHash key) => (user.Value, key.High, key.Low);

    private void Evict(ulong number)
    {
        Refusal oldest = _refusals[number];
        _refusals.Remove(number);
        (UInt128, UInt128, UInt128) stranger = NameOf(oldest.Request.User, oldest.Key);
        if (_newest[stranger] == number)
            _newest.Remove(stranger);
    }

    /// <param name="Previous">The same stranger's one before; 0: there was none.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Refusal(KeyHash Key, AnsweredRequest Request, ulong Previous);
}
