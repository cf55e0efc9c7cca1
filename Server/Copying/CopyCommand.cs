using System.Text.Json.Nodes;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Rpc;
using JustHungry.Server.Hosting;
using JustHungry.Server.Replication;
using JustHungry.Server.Storage;
using JustHungry.Server.Storage.Disk;

namespace JustHungry.Server.Copying;

/// <summary>
/// <c>server ID --copy-to DIR</c>: copies a server's data while the server may be running. A member holds every order that was acknowledged
/// before the command began; a server that is not a member is refused, if the name server can say so.
/// </summary>
internal static class CopyCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(ServerOptions options)
    {
        string source = options.DataPath, target = Path.GetFullPath(options.CopyTo!);
        try
        {
            if (!Directory.Exists(source))
                throw new StorageException($"server {options.Id} has no data in {source}. Say where it is with --data-dir DIR.");

            bool? isMember = await AskIsMemberAsync(options, source).ConfigureAwait(false);
            if (isMember == false)
                return options.Answer.Refuse("NotAMember",
                    $"server {options.Id} with the disk in {source} is no member of the view, so it may lack orders. Copy a member: see 'frontend status'.");
            if (isMember is null)
                await Console.Error.WriteLineAsync(
                    $"server: the name server at {options.NameServers} can't be asked whether server {options.Id} is a member; if it is none, the copy may lack orders.")
                    .ConfigureAwait(false);

            RecoveredDisk copied = DirectoryCopy.Make(source, target, keepsDiskId: false);
            return options.Answer.Done(ToJson(options, target, copied.Last, isMember),
                $"copied: server {options.Id}, up to entry {copied.Last.Index} of epoch {copied.Last.Epoch}, to {target}");
        }
        catch (Exception e) when (e is StorageException or IOException or UnauthorizedAccessException)
        {
            return options.Answer.Refuse("Failed", e.Message);
        }
    }

    /// <summary>Null if nobody could say.</summary>
    private static async Task<bool?> AskIsMemberAsync(ServerOptions options, string source)
    {
        View? view = await TryGetViewAsync(options).ConfigureAwait(false);
        return view is null || DataDirectory.ReadDiskId(source) is not { } disk ? null : view.IsMember(new Member(options.Id, disk));
    }

    private static async Task<View?> TryGetViewAsync(ServerOptions options)
    {
        try
        {
            return await NameServerClient.FirstAsync(options.NameServers, Patience, async (at, patience) =>
            {
                OperatorClient client = await OperatorClient.ConnectAsync(at, Role.NameServer, options.Caller, patience, CancellationToken.None).ConfigureAwait(false);
                await using (client.ConfigureAwait(false))
                    return (await client.AskAsync<GetView, ViewIs>(new GetView(options.Group), CancellationToken.None).ConfigureAwait(false)).View;
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConnectionLostException or HelloRefusedException)
        {
            return null;
        }
    }

    private static JsonObject ToJson(ServerOptions options, string target, EntryPosition last, bool? isMember) => new()
    {
        ["id"] = options.Id.Value,
        ["directory"] = target,
        ["index"] = last.Index.Value,
        ["epoch"] = last.Epoch.Value,
        ["member"] = isMember,
    };
}
