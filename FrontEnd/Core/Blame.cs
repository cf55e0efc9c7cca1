using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Remembers which replicas caused a view change, and how long that counts against them: twice as long each time, so that a permanently
/// sick replica costs a few views instead of one every few seconds. Every front end hears the same reports and sees the same views, so
/// all reach the same judgement, whichever of them proposed. Owned by the core.
/// </summary>
internal sealed class Blame
{
    /// <summary>The longest that a replica is kept out while the view needs another one in order to commit.</summary>
    public const int NeededMs = 16_000;

    public const int FirstMs = 2_000;

    /// <summary>A permanently slow disk costs three views (join, admission, drop) in each such period.</summary>
    public const int MostMs = 512_000;

    public const int CalmMs = 600_000;

    /// <summary>The longest wait for a replica whose connection broke, since it can be seen when the connection is back.</summary>
    public const int DisconnectedMostMs = 64_000;

    private const int RecordsMax = 256;

    private readonly OrderedDictionary<Member, Record> _records = [];

    private sealed class Record
    {
        public DoublingWait Wait { get; } = new(FirstMs, MostMs, CalmMs);

        public int AtMostMs { get; set; }

        public Epoch Epoch { get; set; }
    }

    /// <summary>The view of this epoch ended because of this replica.</summary>
    public void Put(Now now, Member member, StallReason reason, Epoch epoch)
    {
        if (_records.Count >= RecordsMax)
            Forget(now);
        if (!_records.TryGetValue(member, out Record? record))
            _records.Add(member, record = new Record());
        if (record.Epoch == epoch)
            return;

        record.Epoch = epoch;
        record.AtMostMs = reason == StallReason.Disconnected ? DisconnectedMostMs : MostMs;
        record.Wait.Begin(now);
    }

    public bool IsOn(Now now, Member member, int atMostMs = int.MaxValue) =>
        _records.TryGetValue(member, out Record? record) && record.Wait.IsOn(now, Math.Min(atMostMs, record.AtMostMs));

    private void Forget(Now now)
    {
        foreach (Member member in _records.Keys.Where(m => !IsOn(now, m)).ToList())
            _records.Remove(member);
    }
}
