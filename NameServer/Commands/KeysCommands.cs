using System.Globalization;
using System.Text.Json.Nodes;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Security;

namespace JustHungry.NameServer.Commands;

/// <summary>
/// <c>nameserver keys make</c> and <c>nameserver keys issue</c>: the files that --tls-file names. They ask no running name server.
/// </summary>
internal static class KeysCommands
{
    public static Task<int> MakeAsync(KeysMakeOptions options)
    {
        foreach (string file in new[] { options.File, options.CertificateFile }.Where(File.Exists))
            return Task.FromResult(options.Answer.Refuse("Exists", $"{file} is there already, and was left as it is: every process of its cluster may depend on it."));

        DateTimeOffset now = DateTimeOffset.UtcNow;
        using Authority authority = Authority.Make(now, options.Days is { } days ? now.AddDays(days) : null);
        return Task.FromResult(Save(options.Answer, [(options.File, authority.ToPem(), true), (options.CertificateFile, authority.Certificate.ExportCertificatePem() + "\n", false)],
            $"made: {options.File}, the cluster's key. Copy it to the other machines, secretly.\nmade: {options.CertificateFile}, its certificate, for users (--tls-file).",
            new JsonObject { ["key"] = options.File, ["certificate"] = options.CertificateFile, ["expires"] = Text(authority.Certificate.NotAfter) }));
    }

    public static Task<int> IssueAsync(KeysIssueOptions options)
    {
        try
        {
            using Authority? authority = TlsCredentials.ReadClusterKey(options.KeyFile);
            if (authority is null)
                return Task.FromResult(options.Answer.Refuse("NoClusterKey", $"{options.KeyFile} is no cluster key."));
            DateTimeOffset now = DateTimeOffset.UtcNow;
            (string pem, DateTimeOffset expires) = authority.IssuePem(options.Identity, now, options.Days is { } days ? now.AddDays(days) : null);
            return Task.FromResult(Save(options.Answer, [(options.File, pem, true)], $"made: {options.File}, for {options.Identity}",
                new JsonObject { ["identity"] = options.File, ["expires"] = Text(expires) }));
        }
        catch (FormatException e)
        {
            return Task.FromResult(options.Answer.Refuse("NoClusterKey", e.Message));
        }
    }

    private static int Save(CommandAnswer answer, (string File, string Pem, bool IsSecret)[] files, string text, JsonObject json)
    {
        try
        {
            foreach ((string file, string pem, bool isSecret) in files)
            {
                DirectorySync.Make(Path.GetDirectoryName(Path.GetFullPath(file))!);
                using FileStream to = isSecret ? PrivateFile.Open(file, FileMode.CreateNew) : new FileStream(file, FileMode.CreateNew, FileAccess.Write);
                to.Write(System.Text.Encoding.ASCII.GetBytes(pem));
                to.Flush(flushToDisk: true);
            }

            return answer.Done(json, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return answer.Refuse("Failed", e.Message);
        }
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
