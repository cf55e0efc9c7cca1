using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Security;
using JustHungry.UserCli.Client;

namespace JustHungry.UserCli.Profiles;

/// <summary>
/// The authorities of the shops that this profile has met with TLS and without a certificate file, in a file beside the profile: a line for
/// each shop, with its address, its group and its authority's certificate. A shop whose authority is another one later is not trusted.
/// </summary>
internal sealed class MetAuthorities(string profilePath, ShopAddress at) : IMetAuthorities
{
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

    /// <exception cref="ProfileException">The file can't be written.</exception>
    public void Note(X509Certificate2 authority)
    {
        try
        {
            DirectorySync.Make(Path.GetDirectoryName(File)!);
            string[] lines = [.. Lines().Where(l => !l.StartsWith(Shop, StringComparison.Ordinal)), Shop + Convert.ToBase64String(authority.RawData)];
            DurableFile.Replace(File, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProfileException($"The file {File}, which notes which shops can be trusted, can't be written: {e.Message}", e);
        }
    }

    private string[] Lines() => System.IO.File.Exists(File) ? System.IO.File.ReadAllLines(File) : [];
}
