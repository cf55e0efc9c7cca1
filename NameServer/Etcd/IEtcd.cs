using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.Protocol.Cores;

namespace JustHungry.NameServer.Etcd;

/// <summary>
/// Calls to an etcd cluster. Each answer comes in the core's loop as an event of its own, and always comes: null says that nobody can tell what
/// became of the call, which may have been done, may be done later, or never.
/// </summary>
internal interface IEtcd : IDisposable
{
    /// <summary>One that only reads is linearizable, and is asked of other members too before the answer is null. Others are sent once.</summary>
    void Txn(Now now, TxnRequest request, Action<Now, TxnResponse?> then);

    /// <summary>A new lease. Answer: its id.</summary>
    void Grant(Now now, int seconds, Action<Now, long?> then);

    /// <summary>Begins a lease anew. Answer: its seconds; 0 if it has ended.</summary>
    void KeepAlive(Now now, long lease, Action<Now, long?> then);
}
