using System.Buffers;
using System.Runtime.InteropServices;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;

namespace JustHungry.Server.Shop;

/// <summary>
/// The last updates that were refused to strangers, that is, to users who are not customers. They are numbered across all strangers, and
/// the oldest is dropped when there are too many, so that no flood makes the state grow. A stranger is a user id together with a key: even
/// if somebody else becomes a customer under that id, this key's requests still get their first answers.
/// </summary>
internal sealed class Strangers
{
    /// <summary>
    /// Some 6 MB in memory and 3 MB on disk. Orders from new users, as fast as a primary can take them, replace all of them within a
    /// second; REPLICATION.md, rule 18, says what a late copy gets after that.
    /// </summary>
    public const int KeptMax = 16 * 1024;

    // Trees, so that no request pays for a copy of the whole table. One stranger's refusals are chained, newest first; a number that is no
    // longer kept ends the chain.
    private readonly SortedDictionary<ulong, Refusal> _refusals = [];
    private readonly SortedDictionary<(UInt128 User, UInt128 High, UInt128 Low), ulong> _newest = [];
    private ulong _last;

    public int Count => _refusals.Count;

    public ulong NextNumber => _last + 1;

    /// <summary>
    /// Adds the next refusal, or overwrites the last one. The first may have any number, because a state transfer brings no older ones.
    /// </summary>
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

    /// <summary>This stranger's last answers, in the form in which a customer's are kept; null if none is remembered.</summary>
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

    /// <param name="Previous">The number of the same stranger's refusal before; 0 if there was none.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Refusal(KeyHash Key, AnsweredRequest Request, ulong Previous);
}
