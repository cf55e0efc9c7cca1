using Google.Protobuf;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.Simulator.World;

namespace JustHungry.Simulator.SharedRegister;

/// <summary>
/// What an etcd cluster does, as one store: keys with revisions, transactions, leases that end, and an older snapshot that an operator restores.
/// </summary>
internal sealed class EtcdModel(SimWorld world)
{
    private readonly Dictionary<long, (long Seconds, long EndsUs)> _leases = [];
    private SortedDictionary<string, KeyValue> _keys = new(StringComparer.Ordinal);
    private long _lastLease;
    private ulong _term = 2;

    public long Revision { get; private set; } = 1;

    /// <summary>Called for each key that is put, with what was there before, when all that precedes it in its transaction is done.</summary>
    public Action<KeyValue?, KeyValue>? Written { get; set; }

    public IEnumerable<KeyValue> Under(ByteString prefix) => Alive().Where(k => k.Key.Span.StartsWith(prefix.Span));

    public TxnResponse Execute(TxnRequest request)
    {
        EndLeases();
        bool holds = request.Compare.All(Holds);
        var response = new TxnResponse { Succeeded = holds };
        IEnumerable<RequestOp> operations = holds ? request.Success : request.Failure;
        bool writes = operations.Any(o => o.RequestCase != RequestOp.RequestOneofCase.RequestRange);
        if (writes)
            Revision++;
        foreach (RequestOp operation in operations)
            response.Responses.Add(Execute(operation));
        response.Header = new ResponseHeader { Revision = Revision, RaftTerm = _term };
        return response;
    }

    public long Grant(long seconds)
    {
        _leases.Add(++_lastLease, (seconds, world.NowUs + (seconds * 1_000_000)));
        return _lastLease;
    }

    /// <summary>Its seconds; 0 if it has ended.</summary>
    public long KeepAlive(long lease)
    {
        EndLeases();
        if (!_leases.TryGetValue(lease, out (long Seconds, long EndsUs) held))
            return 0;
        _leases[lease] = (held.Seconds, world.NowUs + (held.Seconds * 1_000_000));
        return held.Seconds;
    }

    /// <summary>A copy of everything, for <see cref="Restore"/>.</summary>
    public (long Revision, SortedDictionary<string, KeyValue> Keys) Snapshot() => (Revision, new SortedDictionary<string, KeyValue>(_keys, StringComparer.Ordinal));

    /// <summary>The cluster begins anew from a snapshot: revisions and terms too, and every lease.</summary>
    public void Restore((long Revision, SortedDictionary<string, KeyValue> Keys) snapshot)
    {
        _keys = new SortedDictionary<string, KeyValue>(snapshot.Keys, StringComparer.Ordinal);
        Revision = snapshot.Revision;
        _term = 1;
        foreach (long lease in (long[])[.. _keys.Values.Select(k => k.Lease).Where(l => l != 0).Distinct()])
            _leases[lease] = (10, world.NowUs + 10_000_000);
    }

    private ResponseOp Execute(RequestOp operation)
    {
        switch (operation.RequestCase)
        {
            case RequestOp.RequestOneofCase.RequestRange:
                RangeRequest range = operation.RequestRange;
                KeyValue[] found = [.. Range(range.Key, range.RangeEnd)];
                var answer = new RangeResponse { Count = found.Length };
                answer.Kvs.AddRange(range.Limit > 0 ? found.Take((int)range.Limit) : found);
                return new ResponseOp { ResponseRange = answer };
            case RequestOp.RequestOneofCase.RequestPut:
                Put(operation.RequestPut);
                return new ResponseOp { ResponsePut = new PutResponse() };
            default:
                KeyValue[] deleted = [.. Range(operation.RequestDeleteRange.Key, operation.RequestDeleteRange.RangeEnd)];
                foreach (KeyValue pair in deleted)
                    _keys.Remove(Text(pair.Key));
                return new ResponseOp { ResponseDeleteRange = new DeleteRangeResponse { Deleted = deleted.Length } };
        }
    }

    private void Put(PutRequest put)
    {
        KeyValue? before = _keys.GetValueOrDefault(Text(put.Key));
        var pair = new KeyValue
        {
            Key = put.Key,
            Value = put.Value,
            Lease = put.Lease,
            CreateRevision = before?.CreateRevision ?? Revision,
            ModRevision = Revision,
            Version = (before?.Version ?? 0) + 1,
        };
        Written?.Invoke(before, pair);
        _keys[Text(put.Key)] = pair;
    }

    private bool Holds(Compare compare)
    {
        if (!compare.RangeEnd.IsEmpty)
            return Range(compare.Key, compare.RangeEnd).All(k => Holds(compare, k));
        KeyValue? pair = Range(compare.Key, ByteString.Empty).FirstOrDefault();
        return pair is null && compare.Target == Compare.Types.CompareTarget.Value ? false : Holds(compare, pair ?? new KeyValue());
    }

    private static bool Holds(Compare compare, KeyValue pair) => compare.Target switch
    {
        Compare.Types.CompareTarget.Mod => Holds(compare.Result, pair.ModRevision.CompareTo(compare.ModRevision)),
        Compare.Types.CompareTarget.Create => Holds(compare.Result, pair.CreateRevision.CompareTo(compare.CreateRevision)),
        Compare.Types.CompareTarget.Value => Holds(compare.Result, pair.Value.Span.SequenceCompareTo(compare.Value.Span)),
        _ => throw new NotSupportedException($"the model compares no {compare.Target}"),
    };

    private static bool Holds(Compare.Types.CompareResult wanted, int order) => wanted switch
    {
        Compare.Types.CompareResult.Equal => order == 0,
        Compare.Types.CompareResult.Greater => order > 0,
        Compare.Types.CompareResult.Less => order < 0,
        _ => order != 0,
    };

    private IEnumerable<KeyValue> Range(ByteString key, ByteString end) => end.IsEmpty
        ? _keys.TryGetValue(Text(key), out KeyValue? found) ? [found] : []
        : _keys.Values.Where(k => k.Key.Span.SequenceCompareTo(key.Span) >= 0 && k.Key.Span.SequenceCompareTo(end.Span) < 0);

    private SortedDictionary<string, KeyValue>.ValueCollection Alive()
    {
        EndLeases();
        return _keys.Values;
    }

    private void EndLeases()
    {
        long[] ended = [.. _leases.Where(l => l.Value.EndsUs <= world.NowUs).Select(l => l.Key)];
        foreach (long lease in ended)
            _leases.Remove(lease);
        string[] gone = [.. _keys.Where(k => k.Value.Lease != 0 && !_leases.ContainsKey(k.Value.Lease)).Select(k => k.Key)];
        if (gone.Length > 0)
            Revision++;
        foreach (string key in gone)
            _keys.Remove(key);
    }

    private static string Text(ByteString key) => key.ToStringUtf8();
}
