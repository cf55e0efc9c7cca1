using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Security;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Profiles;

/// <summary>
/// The authorities of the shops that this profile has met with TLS and without a certificate file, in a file beside the profile: a line for
/// each shop, with its address, its group and its authority's certificate. A shop whose authority is another one later is not trusted. Further
/// lines name the addresses, also those that a name server listed, that have been spoken to with TLS.
/// </summary>
internal sealed class MetAuthorities(string profilePath, ShopAddress at) : IMetAuthorities
{
    private const int LockPollMs = 5;

    /// <summary>A front end on any free port is another address after each start, so the oldest lines are given up.</summary>
    private const int SecuredMax = 256;

    private const string SecuredWord = "secured ";

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
    public bool HasMet(Endpoint listener) => Lines().Contains(Secured(listener)) || (listener == at.Door && Known is not null);

    /// <exception cref="ProfileException">The file can't be written.</exception>
    public void NoteSecured(Endpoint listener) => Change(lines =>
    {
        string secured = Secured(listener);
        if (lines.Contains(secured))
            return null;
        string[] others = [.. lines.Where(l => l.StartsWith(SecuredWord, StringComparison.Ordinal))];
        return [.. lines.Except(others.SkipLast(SecuredMax - 1)), secured];
    });

    /// <exception cref="ProfileException">The file can't be written.</exception>
    public bool TryNote(X509Certificate2 authority)
    {
        bool isTrusted = true;
        Change(lines =>
        {
            if (Known is not { } met)
                return [.. lines, Shop + Convert.ToBase64String(authority.RawData)];
            isTrusted = met.RawData.AsSpan().SequenceEqual(authority.RawData);
            return null;
        });
        return isTrusted;
    }

    private string Secured(Endpoint listener) => $"{SecuredWord}{listener} {at.Group}";

    /// <summary>Under a lock of its own: the profile's may be held all the while by an update that waits for its answer.</summary>
    /// <param name="change">The lines as they are to be; null if they are right.</param>
    private void Change(Func<string[], string[]?> change)
    {
        try
        {
            DirectorySync.Make(Path.GetDirectoryName(File)!);
            using FileLock held = Lock();
            if (change(Lines()) is { } lines)
                DurableFile.Replace(File, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
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
