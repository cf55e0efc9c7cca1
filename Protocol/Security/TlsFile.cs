using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JustHungry.Protocol.Security;

/// <summary>
/// What <c>--tls-file</c> names, in PEM. Either a cluster key (an authority's key and certificate), or an identity that was issued from one
/// (a key, its certificate, the authority's certificate), or certificates alone. Authorities that follow are trusted too.
/// </summary>
internal sealed class TlsFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private TlsFile(Authority? clusterKey, X509Certificate2? issued, X509Certificate2Collection trusted)
    {
        ClusterKey = clusterKey;
        Issued = issued;
        Trusted = trusted;
    }

    /// <summary>Null unless the file is a cluster key.</summary>
    public Authority? ClusterKey { get; }

    /// <summary>With its private key; null unless the file is an issued identity.</summary>
    public X509Certificate2? Issued { get; }

    /// <summary>The authorities.</summary>
    public X509Certificate2Collection Trusted { get; }

    /// <exception cref="FormatException">It can't be used; the message says why and what to do.</exception>
    public static TlsFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FormatException($"{path} is not there. Make a cluster key with 'nameserver keys make', or copy it from another machine.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path} can't be read: {e.Message}", e);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException($"{path} is damaged: {e.Message}", e);
        }
    }

    private static TlsFile Parse(string pem, string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        bool hasKey = pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
        if (certificates.Count == 0)
            throw new FormatException($"{path} holds no certificate.");
        X509Certificate2Collection authorities = [.. certificates.Where(IsAuthority)];
        if (authorities.Count == 0)
            throw new FormatException($"{path} holds no authority's certificate.");
        if (!hasKey)
            return new TlsFile(null, null, authorities);

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            throw new FormatException($"{path} holds a key that others on this machine may read. Say 'chmod 600 {path}' first; if others may have read it, make a new key.");
        ECDsa key = ECDsa.Create();
        key.ImportFromPem(pem);
        X509Certificate2 own = certificates[0];
        using ECDsa? certified = own.GetECDsaPublicKey();
        if (certified is null || !certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            throw new FormatException($"{path}: the first certificate is not the one of the key.");
        if (IsAuthority(own))
            return new TlsFile(new Authority(own, key), null, authorities);
        using (key)
            return new TlsFile(null, own.CopyWithPrivateKey(key), authorities);
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority);
}
