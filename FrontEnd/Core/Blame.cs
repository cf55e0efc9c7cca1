using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.FrontEnd.Core;

/// <summary>
/// Which replicas views were changed for, and how long that is held against them: each time twice as long, so that a replica that is
/// ill for good costs a few views and not one every few seconds. Every front end hears the same reports and sees the same views, and
/// so comes to the same judgement, whoever proposed. Owned by the core.
/// </summary>
internal sealed class Blame
{
    /// <summary>While a view lacks a replica to commit, nobody is kept out of it for longer.</summary>
    public const int NeededMs = 16_000;

    public const int FirstMs = 2_000;

    /// <summary>A disk that is slow for good costs three views (join, admission, drop) in so long.</summary>
    public const int MostMs = 512_000;

    public const int CalmMs = 600_000;

    /// <summary>A connection that broke is seen to be back: its replica is waited for no longer than this.</summary>
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
