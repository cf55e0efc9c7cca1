using System.Buffers;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// Gathers the strangers' refusals of one slice for the table refusals, whose rows are used in turn, so that the newest replace the oldest.
/// However many refusals a slice has, each row is written at most once. They refer to the entries' bytes, so the slice's batches must stay
/// in memory until <see cref="Flush"/>.
/// </summary>
internal sealed class RefusalsToWrite
{
    private readonly CheckpointMeta _meta;
    private readonly SqliteStatement _old, _refusal;
    private readonly SortedDictionary<int, (ulong Number, KeyHash Key, AnsweredRequest Request)> _bySlot = [];
    private readonly RowSeal _seal = new();

    public RefusalsToWrite(SqliteDatabase database, CheckpointMeta meta)
    {
        _meta = meta;
        _old = database.Prepare("select seal from refusals where slot = ?1");
        _refusal = database.Prepare(
            "insert or replace into refusals(slot, number, user, key_hash, sequence, request_id, body_hash, answer, seal) " +
            "values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    }

    public void Add(ulong number, KeyHash key, in AnsweredRequest request) => _bySlot[(int)(number % Strangers.KeptMax)] = (number, key, request);

    public void Flush()
    {
        Span<byte> hash = stackalloc byte[KeyHash.Bytes];
        foreach ((int slot, (ulong number, KeyHash key, AnsweredRequest request)) in _bySlot)
        {
            ReadOnlySpan<byte> answer = request.Answer.IsSingleSegment ? request.Answer.FirstSpan : request.Answer.ToArray();
            uint seal = _seal.Refusal(slot, number, key, request, answer);
            _meta.Count(SealOf(slot), seal);
            key.CopyTo(hash);
            _refusal.Bind(1, slot).Bind(2, number).BindId(3, request.User.Value).Bind(4, hash).Bind(5, request.Sequence.Value)
                .BindId(6, request.RequestId.Value).Bind(7, request.BodyHash).Bind(8, answer).Bind(9, (long)seal).Run();
        }

        Clear();
    }

    public void Clear() => _bySlot.Clear();

    /// <summary>The seal of the row that is replaced; 0 if there is none.</summary>
    private uint SealOf(int slot)
    {
        if (!_old.Bind(1, slot).Step())
            return 0;

        uint seal = (uint)_old.Integer(0);
        _old.Reset();
        return seal;
    }
}
