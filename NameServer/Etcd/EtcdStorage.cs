using Google.Protobuf.Collections;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.NameServer.Etcd;

/// <summary>
/// Names and views in an etcd cluster, which any number of name servers share. It keeps nothing that can't be read again, and compares what a
/// change rests on in the transaction that makes it. Used by the core's loop only.
/// </summary>
/// <param name="register">The register's id, as etcd holds it.</param>
internal sealed class EtcdStorage(IEtcd etcd, DiskId register) : INameStorage
{
    /// <summary>etcd takes at most 128 operations in a transaction.</summary>
    private const int NamesAtOnceMax = 100;

    /// <summary>How often the history is looked at, in views.</summary>
    private const ulong PruneEvery = 100;

    private readonly Dictionary<string, long> _leases = [];
    private long _revision;
    private ulong _term;
    private bool _hasBegun;
    private bool _wasRestored;

    public bool IsShared => true;

    public DiskId Register => register;

    public void Read(Now now, Action<Now, StoredState?> then)
    {
        if (_hasBegun)
            ReadAll(now, then);
        else
            etcd.Txn(now, EtcdTxns.Begin(), (later, response) =>
            {
                _hasBegun = response is not null;
                if (_hasBegun)
                    ReadAll(later, then);
                else
                    then(later, null);
            });
    }

    public void Commit(Now now, NameChange change, Action<Now, Committed> then)
    {
        switch (change)
        {
            case PutName put:
                Put(now, put, then);
                break;
            case RemoveNames removed:
                Remove(now, removed, 0, then);
                break;
            case MakeView made:
                Make(now, made, then);
                break;
            default:
                throw new InvalidOperationException($"no such change: {change}");
        }
    }

    public void Renew(Now now, string name, Action<Now, Renewal> then)
    {
        if (!_leases.TryGetValue(name, out long lease))
            then(now, Renewal.Gone);
        else if (lease == 0)
            then(now, Renewal.Held);
        else
            etcd.KeepAlive(now, lease, (later, seconds) => then(later, seconds is null ? Renewal.Unknown : seconds > 0 ? Renewal.Held : Renewal.Gone));
    }

    public void ReadHistory(Now now, string group, Epoch after, int countMax, Action<Now, IReadOnlyList<MadeView>?> then) =>
        etcd.Txn(now, EtcdTxns.ReadHistory(group, after, countMax), (later, response) => then(later, response is null
            ? null
            : [.. response.Responses.SelectMany(r => r.ResponseRange.Kvs).Select(EtcdValues.ToView).OrderBy(v => v.View.Epoch).Take(countMax).Select(v => v.ToMadeView())]));

    public void Dispose() => etcd.Dispose();

    private void ReadAll(Now now, Action<Now, StoredState?> then) => etcd.Txn(now, EtcdTxns.ReadAll(), (later, response) =>
    {
        if (response is null)
        {
            then(later, null);
            return;
        }

        // Reads are linearizable and one follows the other, so neither number falls in one and the same history.
        if (response.Header.Revision < _revision || response.Header.RaftTerm < _term)
        {
            (_revision, _term, _hasBegun, _wasRestored) = (0, 0, false, true);
            Read(later, then);
            return;
        }

        (_revision, _term) = (response.Header.Revision, response.Header.RaftTerm);
        StoredState state = ToState(response);
        _wasRestored = false;
        then(later, state);
    });

    private StoredState ToState(TxnResponse response)
    {
        (KeyValue Pair, Registration Registration)[] names = [.. response.Responses[0].ResponseRange.Kvs.Select(pair => (pair, EtcdValues.ToRegistration(pair)))];
        RepeatedField<KeyValue> views = response.Responses[1].ResponseRange.Kvs;
        long called = response.Responses[2].ResponseRange.Kvs.FirstOrDefault()?.ModRevision ?? long.MaxValue;
        _leases.Clear();
        foreach ((KeyValue pair, Registration registration) in names)
            _leases[registration.Name] = pair.Lease;
        return new StoredState(
            response.Header.Revision,
            [.. names.OrderBy(n => n.Pair.CreateRevision).Select(n => new StoredName(n.Pair.CreateRevision, n.Registration, n.Pair.ModRevision > called))],
            [.. views.Select(EtcdValues.ToView)],
            _wasRestored);
    }

    private void Put(Now now, PutName change, Action<Now, Committed> then)
    {
        int leaseMs = change.Name.Registration.LeaseMs;
        if (leaseMs == 0)
            Put(now, change, 0, then);
        else
            etcd.Grant(now, (leaseMs + 999) / 1000, (later, lease) =>
            {
                if (lease is { } granted)
                    Put(later, change, granted, then);
                else
                    then(later, new Committed(CommitOutcome.Unknown));
            });
    }

    private void Put(Now now, PutName change, long lease, Action<Now, Committed> then) => Change(now, EtcdTxns.PutName(change, lease), (later, committed) =>
    {
        if (committed.Outcome == CommitOutcome.Done)
            _leases[change.Name.Registration.Name] = lease;
        then(later, committed);
    });

    /// <summary>Removes as many names at once as fit into a transaction. What comes to grief half-way is asked for again.</summary>
    private void Remove(Now now, RemoveNames change, int done, Action<Now, Committed> then) =>
        Change(now, EtcdTxns.RemoveNames(change.Basis, change.Names.Skip(done).Take(NamesAtOnceMax)), (later, committed) =>
        {
            if (committed.Outcome == CommitOutcome.Done && done + NamesAtOnceMax < change.Names.Count)
                Remove(later, change, done + NamesAtOnceMax, then);
            else
                then(later, committed);
        });

    private void Make(Now now, MakeView change, Action<Now, Committed> then) => Change(now, EtcdTxns.MakeView(change), (later, committed) =>
    {
        if (committed.Outcome == CommitOutcome.Done && change.Made.View.Epoch.Value % PruneEvery == 0)
            Prune(later, change.Made.View.Group);
        then(later, committed);
    });

    private void Prune(Now now, string group) => etcd.Txn(now, EtcdTxns.ReadPassing(group), (later, response) =>
    {
        if (response?.Responses[0].ResponseRange.Kvs is { } keys && keys.Count > StoredView.KeptMax)
            etcd.Txn(later, EtcdTxns.Prune(group, keys[^StoredView.KeptMax].Key), static (_, _) => { });
    });

    private void Change(Now now, TxnRequest request, Action<Now, Committed> then) => etcd.Txn(now, request, (later, response) => then(later,
        response is null ? new Committed(CommitOutcome.Unknown)
        : response.Succeeded ? new Committed(CommitOutcome.Done, response.Header.Revision)
        : new Committed(CommitOutcome.Changed)));
}
