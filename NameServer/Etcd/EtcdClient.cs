using Grpc.Core;
using JustHungry.NameServer.Etcd.Protobuf;
using JustHungry.Protocol;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Daemons;
using JustHungry.Protocol.Ids;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Etcd;

/// <summary>
/// Asks one member of the cluster until it fails, then the next. What only reads is asked again; a change is sent once, since it may have been
/// made, or be made later, though no answer came.
/// </summary>
/// <param name="post">Puts the answer into the core's loop.</param>
internal sealed class EtcdClient(EtcdOptions options, Action<Action<Now>> post, ILogger log) : IEtcd
{
    private const int TryAgainMs = 250;

    private readonly EtcdMember[] _members = [.. options.Members.Select(m => new EtcdMember(m, options))];
    private readonly EtcdTrouble _trouble = new(log);
    private int _at;

    public void Txn(Now now, TxnRequest request, Action<Now, TxnResponse?> then)
    {
        bool isRead = EtcdTxns.IsRead(request);
        Answer(AskAsync(isRead, m => m.TxnAsync(request)), then);
    }

    public void Grant(Now now, int seconds, Action<Now, long?> then) => Answer(AskAsync<long?>(isRead: false, async m => await m.GrantAsync(seconds).ConfigureAwait(false)), then);

    public void KeepAlive(Now now, long lease, Action<Now, long?> then) =>
        Answer(AskAsync<long?>(isRead: true, async m => await m.KeepAliveAsync(lease).ConfigureAwait(false)), then); // can be repeated, as a read can

    /// <summary>Waits until a member answers that has a majority with it, and says once for what it waits.</summary>
    /// <returns>The register's id.</returns>
    /// <exception cref="Storage.StorageException">The id can't be read.</exception>
    /// <exception cref="OperationCanceledException">The process was told to stop meanwhile.</exception>
    public async Task<DiskId> WaitAsync(Patience patience)
    {
        var fresh = new DiskId(FreshIds.Next());
        while (true)
        {
            if (await AskAsync(isRead: true, m => m.TxnAsync(EtcdTxns.Identify(fresh))).ConfigureAwait(false) is { } answer)
                return answer.Succeeded ? fresh : EtcdValues.ToRegister(answer.Responses[0].ResponseRange.Kvs[0]);
            await Task.Delay(TryAgainMs, patience.Stop).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (EtcdMember member in _members)
            member.Dispose();
    }

    private void Answer<T>(Task<T?> asking, Action<Now, T?> then) => Background.Run(log, "asking etcd", AnswerAsync(asking, then));

    private async Task AnswerAsync<T>(Task<T?> asking, Action<Now, T?> then)
    {
        T? answer = await asking.ConfigureAwait(false);
        post(now => then(now, answer));
    }

    /// <summary>Null if it fails, a read at every member.</summary>
    private async Task<T?> AskAsync<T>(bool isRead, Func<EtcdMember, Task<T>> ask)
    {
        string? problem = null;
        for (int tries = isRead ? _members.Length : 1; tries > 0; tries--)
        {
            int at = Volatile.Read(ref _at);
            EtcdMember member = _members[at];
            try
            {
                T answer = await ask(member).ConfigureAwait(false);
                _trouble.Note(isRead, null);
                return answer;
            }
            catch (ObjectDisposedException)
            {
                return default; // the process ends
            }
            catch (Exception e) // whatever it is: a question without an answer would never be asked again
            {
                problem = e is RpcException call ? EtcdTrouble.Describe(member.Endpoint, call) : $"etcd's member at {member.Endpoint} can't be used: {e.Message.TrimEnd('.')}";
                Interlocked.CompareExchange(ref _at, (at + 1) % _members.Length, at);
            }
        }

        _trouble.Note(isRead, problem);
        return default;
    }
}
