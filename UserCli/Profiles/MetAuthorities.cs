using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Security;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Profiles;

/// <summary>
/// The authorities of the shops that this profile has met with TLS and without a certificate file, in a file beside the profile: a line for
/// each shop, with its address, its group and its authority's certificate. A shop whose authority is another one later is not trusted.
/// </summary>
internal sealed class MetAuthorities(string profilePath, ShopAddress at) : IMetAuthorities
{
    private const int LockPollMs = 5;

    /// <summary>For people, who delete a line to meet a shop anew.</summary>
    public string File { get; } = Path.GetFullPath(profilePath) + ".authorities";

    private string Shop => $"{at.Door} {at.Group} ";

    /// <exception cref="ProfileException">The file can't be read.</exception>
    public X509Certificate2? Known
    {
        get
        {
            try
            {
                string? line = Lines().FirstOrDefault(l => l.StartsWith(Shop, StringComparison.Ordinal));
                return line is null ? null : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(line[Shop.Length..].Trim()));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
            {
                throw new ProfileException($"The file {File}, which says which shops can be trusted, can't be used: {e.Message}", e);
            }
        }
    }

    /// <exception cref="ProfileException">The file can't be read.</exception>
    public bool HasMet(Endpoint listener) => listener == at.Door && Known is not null;

    /// <summary>Under a lock of its own: the profile's may be held all the while by an update that waits for its answer.</summary>
    /// <exception cref="ProfileException">The file can't be written.</exception>
    public bool TryNote(X509Certificate2 authority)
    {
        try
        {
            DirectorySync.Make(Path.GetDirectoryName(File)!);
            using FileLock held = Lock();
            if (Known is { } met)
                return met.RawData.AsSpan().SequenceEqual(authority.RawData);

            string[] lines = [.. Lines(), Shop + Convert.ToBase64String(authority.RawData)];
            DurableFile.Replace(File, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProfileException($"The file {File}, which notes which shops can be trusted, can't be written: {e.Message}", e);
        }
    }

    /// <summary>Another process needs it for a few milliseconds.</summary>
    private FileLock Lock()
    {
        long started = Environment.TickCount64;
        while (true)
        {
            if (FileLock.TryTake(File + ".lock") is { } held)
                return held;
            if (Environment.TickCount64 - started > ProfileFile.LockWaitMs)
                throw new IOException($"{File}.lock is held by another process.");
            Thread.Sleep(LockPollMs);
        }
    }

    private string[] Lines() => System.IO.File.Exists(File) ? System.IO.File.ReadAllLines(File) : [];
}
