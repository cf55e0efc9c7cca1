using Google.Protobuf;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.NameServer.Registers;
using JustHungry.NameServer.Storage;
using JustHungry.Protocol.Ids;

namespace JustHungry.NameServer.Etcd;

/// <summary>
/// The transactions by which names and views are read and changed. A view follows the one that its proposal was judged on, compared by its
/// whole value: revisions begin again in a cluster that was restored, and a proposal id does not.
/// </summary>
internal static class EtcdTxns
{
    /// <summary>Gives the register this id unless it has one; then reads that. Can be repeated, as a read can.</summary>
    public static TxnRequest Identify(DiskId fresh) => new()
    {
        Compare = { new Compare { Key = EtcdKeys.Register, Target = Compare.Types.CompareTarget.Create, Result = Compare.Types.CompareResult.Equal, CreateRevision = 0 } },
        Success = { Put(EtcdKeys.Register, Wrap(StoredBytes.Of(fresh.Value))) },
        Failure = { new RequestOp { RequestRange = new RangeRequest { Key = EtcdKeys.Register } } },
    };

    /// <summary>From now on whoever is registered has yet to call.</summary>
    public static TxnRequest Begin() => new() { Success = { Put(EtcdKeys.Called, ByteString.Empty) } };

    /// <summary>Everything that counts, at one revision.</summary>
    public static TxnRequest ReadAll() =>
        new() { Success = { RangeOf(EtcdKeys.Names), RangeOf(EtcdKeys.Views), new RequestOp { RequestRange = new RangeRequest { Key = EtcdKeys.Called } } } };

    public static TxnRequest PutName(PutName change, long lease)
    {
        ByteString key = EtcdKeys.Name(change.Name.Registration.Name);
        return new()
        {
            Compare = { NotPutSince(key, change.Basis) },
            Success = { Put(key, StoredBytes.Of(change.Name.Registration), lease) },
        };
    }

    public static TxnRequest RemoveNames(long basis, IEnumerable<string> names)
    {
        ByteString[] keys = [.. names.Select(EtcdKeys.Name)];
        return new()
        {
            Compare = { keys.Select(k => NotPutSince(k, basis)) },
            Success = { keys.Select(k => new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = k } }) },
        };
    }

    /// <summary>A comparison over a range does not see what was deleted, so the names that the view rests on are compared one by one too.</summary>
    public static TxnRequest MakeView(MakeView change)
    {
        ByteString key = EtcdKeys.View(change.Made.View.Group);
        ByteString value = Wrap(StoredBytes.Of(change.Made));
        return new()
        {
            Compare = { Follows(key, change.Previous), NoNamePutSince(change.Basis), change.RestsOn.Select(n => IsThere(EtcdKeys.Name(n))) },
            Success = { Put(key, value), Put(EtcdKeys.History(change.Made), value) },
        };
    }

    public static TxnRequest ReadHistory(string group, Epoch after, int countMax) =>
        new() { Success = { HistoryAfter(group, false, after, countMax), HistoryAfter(group, true, after, countMax) } };

    /// <summary>The keys of a group's earlier views that need not be kept for ever.</summary>
    public static TxnRequest ReadPassing(string group)
    {
        RequestOp range = RangeOf(EtcdKeys.History(group, isKept: false));
        range.RequestRange.KeysOnly = true;
        return new() { Success = { range } };
    }

    /// <summary>Deletes those before <paramref name="end"/>.</summary>
    public static TxnRequest Prune(string group, ByteString end) =>
        new() { Success = { new RequestOp { RequestDeleteRange = new DeleteRangeRequest { Key = EtcdKeys.History(group, isKept: false), RangeEnd = end } } } };

    public static bool IsRead(TxnRequest request) => request.Success.Concat(request.Failure).All(op => op.RequestCase == RequestOp.RequestOneofCase.RequestRange);

    private static RequestOp HistoryAfter(string group, bool isKept, Epoch after, int countMax) => new()
    {
        RequestRange = new RangeRequest
        {
            Key = EtcdKeys.HistoryAfter(group, isKept, after),
            RangeEnd = EtcdKeys.EndOf(EtcdKeys.History(group, isKept)),
            Limit = countMax,
        },
    };

    private static Compare Follows(ByteString key, StoredView? previous) => previous is null
        ? new Compare { Key = key, Target = Compare.Types.CompareTarget.Create, Result = Compare.Types.CompareResult.Equal, CreateRevision = 0 }
        : new Compare { Key = key, Target = Compare.Types.CompareTarget.Value, Result = Compare.Types.CompareResult.Equal, Value = Wrap(StoredBytes.Of(previous)) };

    private static Compare NoNamePutSince(long basis)
    {
        Compare compare = NotPutSince(EtcdKeys.Names, basis);
        compare.RangeEnd = EtcdKeys.EndOf(EtcdKeys.Names);
        return compare;
    }

    /// <summary>Holds for a key that is not there, too.</summary>
    private static Compare NotPutSince(ByteString key, long basis) =>
        new() { Key = key, Target = Compare.Types.CompareTarget.Mod, Result = Compare.Types.CompareResult.Less, ModRevision = basis + 1 };

    private static Compare IsThere(ByteString key) =>
        new() { Key = key, Target = Compare.Types.CompareTarget.Create, Result = Compare.Types.CompareResult.Greater, CreateRevision = 0 };

    private static RequestOp RangeOf(ByteString prefix) => new() { RequestRange = new RangeRequest { Key = prefix, RangeEnd = EtcdKeys.EndOf(prefix) } };

    private static RequestOp Put(ByteString key, byte[] value, long lease) => new() { RequestPut = new PutRequest { Key = key, Value = Wrap(value), Lease = lease } };

    private static RequestOp Put(ByteString key, ByteString value) => new() { RequestPut = new PutRequest { Key = key, Value = value } };

    private static ByteString Wrap(byte[] bytes) => UnsafeByteOperations.UnsafeWrap(bytes);
}
