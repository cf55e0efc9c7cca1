using System.Security.Authentication;
using Grpc.Core;
using JustHungry.Protocol.Ids;
using Microsoft.Extensions.Logging;

namespace JustHungry.NameServer.Etcd;

/// <summary>What keeps etcd from doing what it is asked: said once in the log when it begins or changes, and once when it is over.</summary>
internal sealed class EtcdTrouble(ILogger log)
{
    private readonly Lock _lock = new();
    private string? _reading;
    private string? _writing;

    /// <summary>A call ended.</summary>
    /// <param name="problem">A sentence without its full stop; null if the call succeeded.</param>
    public void Note(bool isRead, string? problem)
    {
        lock (_lock)
        {
            string? before = isRead ? _reading : _writing;
            bool wasCalm = _reading is null && _writing is null;
            (_reading, _writing) = isRead ? (problem, problem is null ? _writing : _writing ?? problem) : (_reading, problem);
            if (problem is not null && problem != before && (wasCalm || before is not null))
                Log.StorageAway(log, problem);
            else if (!wasCalm && _reading is null && _writing is null)
                Log.StorageBack(log);
        }
    }

    /// <summary>What happened, and what to do about it where that is known.</summary>
    public static string Describe(Endpoint member, RpcException e) => (e.StatusCode, e.Status.Detail) switch
    {
        (StatusCode.ResourceExhausted, _) =>
            $"etcd is full ({e.Status.Detail}). Make room: etcdctl compact \"$(etcdctl endpoint status --write-out fields | sed -n 's/^\"Revision\" : //p' | head -1)\"; " +
            "etcdctl defrag --cluster; etcdctl alarm disarm; and start its members with --auto-compaction-retention",
        (StatusCode.PermissionDenied, _) => $"etcd refuses the user or certificate of this name server ({e.Status.Detail}): grant it readwrite on the prefix {EtcdKeys.Root}",
        (StatusCode.Unauthenticated or StatusCode.InvalidArgument, _) => $"etcd wants to know who asks ({e.Status.Detail}): see --etcd-user and --etcd-cert",
        (_, string detail) when detail.Contains("learner", StringComparison.Ordinal) => $"etcd's member at {member} is a learner still: promote it with 'etcdctl member promote'",
        _ when Inner<AuthenticationException>(e) is { } tls =>
            $"etcd's member at {member} and this name server don't trust each other: {(tls.InnerException ?? tls).Message.TrimEnd('.')}. See --etcd-ca, --etcd-cert, --etcd-key, and whether a certificate has expired",
        (StatusCode.DeadlineExceeded, _) or (_, "context deadline exceeded" or "etcdserver: no leader" or "etcdserver: request timed out") => $"no answer from etcd's member at {member}: it stands still, or has no majority of the members with it",
        _ => $"etcd's member at {member} can't be used: {(Innermost(e)?.Message ?? e.Status.Detail).TrimEnd('.')}",
    };

    private static Exception? Innermost(RpcException e) => e.Status.DebugException?.GetBaseException();

    private static T? Inner<T>(RpcException e)
        where T : Exception
    {
        for (Exception? at = e.Status.DebugException; at is not null; at = at.InnerException)
        {
            if (at is T found)
                return found;
        }

        return null;
    }
}
