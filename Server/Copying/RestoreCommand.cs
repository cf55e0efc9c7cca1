using System.Text.Json.Nodes;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using JustHungry.Server.Hosting;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Copying;

/// <summary>
/// <c>server ID --restore-from DIR</c>: makes a server's data directory from a copy. The server is the only member of a new cluster, so
/// that no remaining server of the old cluster can take part. 'nameserver repair' puts its view in force, and empty servers join it. As in
/// every view with fewer than min-replicas members, nothing commits until enough have joined.
/// </summary>
internal static class RestoreCommand
{
    public static Task<int> RunAsync(ServerOptions options) => Task.FromResult(Run(options));

    private static int Run(ServerOptions options)
    {
        string source = Path.GetFullPath(options.RestoreFrom!), target = options.DataPath;
        try
        {
            View? restored = null;
            RecoveredDisk copied = DirectoryCopy.Make(source, target, keepsDiskId: true, (log, found) =>
            {
                if (found.Adopted is null)
                    throw new StorageException($"{source} is the data of a server that never was in a group: there is nothing to restore.");
                restored = BeginAnew(options.Group, options.Id, found, new ClusterId(FreshIds.Next()));
                log.Write(new LogWrite { Adopt = restored });
            });
            EntryPosition last = copied.Last;
            string group = options.Group == NameRules.DefaultGroup ? "" : $" --group {options.Group}";
            string place = options.DataDirectory is null ? "" : $" --data-dir {target}";
            return options.Answer.Done(ToJson(options, target, last, restored!),
                $"""
                restored: server {options.Id}, up to entry {last.Index} of epoch {last.Epoch}, in {target}
                It is the only member of a new cluster, {restored!.Cluster}. Next, with a name server that has no view of group {options.Group}:
                  1. start this server:                              server {options.Id}{place}{group}
                  2. put its view in force:                          nameserver repair{group}
                  3. start others on empty disks, and a front end:   server ID{group}, frontend{group}
                """);
        }
        catch (Exception e) when (e is StorageException or IOException or UnauthorizedAccessException)
        {
            return options.Answer.Refuse("Failed", e.Message);
        }
    }

    /// <summary>A later epoch than any that the log knows, since epochs never fall along a log.</summary>
    internal static View BeginAnew(string group, ReplicaId id, RecoveredDisk found, ClusterId cluster)
    {
        View old = found.Adopted!;
        Epoch latest = found.Last.Epoch > old.Epoch ? found.Last.Epoch : old.Epoch;
        return new View(cluster, group, latest.Next, id, [new Member(id, found.Disk)], null, old.MinReplicas, DataLoss: 0);
    }

    private static JsonObject ToJson(ServerOptions options, string target, EntryPosition last, View view) => new()
    {
        ["id"] = options.Id.Value,
        ["directory"] = target,
        ["index"] = last.Index.Value,
        ["epoch"] = last.Epoch.Value,
        ["clusterId"] = view.Cluster.ToString(),
    };
}
