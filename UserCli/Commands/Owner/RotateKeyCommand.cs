using System.Text;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.UserCli.Connection;
using JustHungry.UserCli.Profiles;
using JustHungry.UserCli.Text;

namespace JustHungry.UserCli.Commands.Owner;

/// <summary>
/// <c>user shop rotate-key</c>: makes a new owner's key, and makes it the only one that counts. The new key is on the disk before it is
/// asked for, under a name of its own, and takes the old one's place once the shop has said that it counts. Until then both are kept, and
/// the same command goes on where it was. JSON: <c>{ownerKeyFile, before}</c>.
/// </summary>
internal sealed class RotateKeyCommand : OwnerCommandLine
{
    public Typed<Act> Parse(Terminal terminal) =>
        from owner in ParseOwner()
        select CommandRun.Of(owner.Shop, terminal, run => RotateAsync(run, owner));

    private static async Task<int> RotateAsync(CommandRun run, OwnerOptions owner)
    {
        string file = Path.GetFullPath(owner.KeyFile), next = file + ".next";
        OwnerKey key;
        FileLock? held = null;
        try
        {
            held = FileLock.TryTake(file + ".lock") ?? throw new IOException("the same command is at work on it");
            key = ReadOrMake(next);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            return run.Output.Refuse("KeyFileUnusable", $"The new key can't be kept in {next}: {e.Message.TrimEnd('.')}. Nothing was sent.");
        }

        using (held)
            return await RotateAsync(run, owner, key, file, next);
    }

    private static async Task<int> RotateAsync(CommandRun run, OwnerOptions owner, OwnerKey key, string file, string next)
    {
        Answer answer = await owner.ShopOf(run).RotateKeyAsync(KeyHash.Of(key), run.Cancel);
        if (answer is RefusalAnswer { Reason: AnswerCode.NotOwner } && await IsOwnersAsync(run, key))
            answer = new OwnerKeyAnswer(KeyHash.Of(key)); // an earlier run's answer was lost, and 'user resume' has settled it

        return await run.PrintAsync<OwnerKeyAnswer>(
            answer, (text, _) => text.WriteLine(Exchange(file, next, out string before) ?? OwnerSentences.Rotated(file, before)),
            (json, _) =>
            {
                string? failure = Exchange(file, next, out string before);
                json.WriteStartObject();
                json.WriteString("ownerKeyFile", failure is null ? file : next);
                json.WriteString("before", failure is null ? before : file);
                json.WriteEndObject();
            });
    }

    /// <summary>The key of an earlier run that had no answer, or a new one. Durable on return.</summary>
    private static OwnerKey ReadOrMake(string path)
    {
        if (File.Exists(path))
        {
            return new FileInfo(path).Length <= OwnerKey.FileBytesMax && OwnerKey.TryParse(File.ReadAllText(path), out OwnerKey waiting)
                ? waiting
                : throw new IOException("there is a file of that name which holds no owner's key; move it away");
        }

        var made = OwnerKey.Make();
        DurableFile.Replace(path, Encoding.ASCII.GetBytes(made.ToFileText()));
        return made;
    }

    private static async Task<bool> IsOwnersAsync(CommandRun run, OwnerKey key) =>
        await new OwnedShop(run.Shop.Client, key).ReportAsync(since: long.MaxValue, run.Cancel) is ShopReportAnswer;

    /// <summary>The old key is copied, and then the new one's file takes its place, at once. Returns what went wrong.</summary>
    private static string? Exchange(string file, string next, out string before)
    {
        before = file + ".before";
        for (int again = 2; Path.Exists(before); again++)
            before = $"{file}.before-{again}";
        try
        {
            DurableFile.Replace(before, File.ReadAllBytes(file));
            File.Move(next, file, overwrite: true);
            DirectorySync.Flush(Path.GetDirectoryName(file)!);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OwnerSentences.RotatedButNotNamed(file, next, e.Message);
        }
    }
}
