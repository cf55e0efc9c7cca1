using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JustHungry.Protocol.Security;

/// <summary>
/// A cluster's own certificate authority: the key that says which processes belong to it. Whoever has the key can be any of them, so it is
/// kept like the owner's key.
/// </summary>
public sealed class Authority : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2"; // RFC 5280, 4.2.1.12

    /// <summary>
    /// A leaf carries its authority's certificate along, so that a user who meets a shop for the first time can note it. The number is the
    /// UUID 061c18d5-d079-4027-8455-8b2bdbc3af59, which needs no registration (ITU-T X.667).
    /// </summary>
    private const string AuthorityOid = "2.25.8121256004697038616842526181166395225";

    /// <summary>"No well-defined expiration date" (RFC 5280, 4.1.2.5).</summary>
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Clocks of machines may differ by this much.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromDays(1);

    private readonly ECDsa _key;

    /// <param name="certificate">Self-signed, without its private key.</param>
    public Authority(X509Certificate2 certificate, ECDsa key)
    {
        Certificate = certificate;
        _key = key;
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Makes a new one, which does not expire.</summary>
    public static Authority Make(DateTimeOffset now, DateTimeOffset? until = null)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName($"JustHungry cluster {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using X509Certificate2 signed = request.CreateSelfSigned(now - (2 * Skew), until ?? Never); // no leaf may begin before it
        return new Authority(X509CertificateLoader.LoadCertificate(signed.RawData), key);
    }

    /// <summary>Issues a certificate with a new key.</summary>
    /// <param name="until">Null: as long as the authority lasts.</param>
    public X509Certificate2 Issue(in PeerIdentity to, DateTimeOffset now, DateTimeOffset? until = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(to.ToSubject(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(new X509Extension(AuthorityOid, Certificate.RawData, critical: false));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F; // positive
        DateTimeOffset ends = Certificate.NotAfter.ToUniversalTime(), begins = Certificate.NotBefore.ToUniversalTime();
        DateTimeOffset from = now - Skew > begins ? now - Skew : begins;
        using X509Certificate2 signed = request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), from, until is { } u && u < ends ? u : ends, serial);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>An identity as a file for --tls-file: a new key, its certificate, and the authority's.</summary>
    public (string Pem, DateTimeOffset Expires) IssuePem(in PeerIdentity to, DateTimeOffset now, DateTimeOffset? until)
    {
        using X509Certificate2 leaf = Issue(to, now, until);
        using ECDsa key = leaf.GetECDsaPrivateKey()!;
        return (string.Join('\n', key.ExportPkcs8PrivateKeyPem(), leaf.ExportCertificatePem(), Certificate.ExportCertificatePem(), ""), leaf.NotAfter.ToUniversalTime());
    }

    /// <summary>The authority that a leaf says has issued it; null if it says nothing. Nothing is proven by that alone.</summary>
    public static X509Certificate2? TryReadFrom(X509Certificate2 leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        try
        {
            return leaf.Extensions[AuthorityOid] is { } carried ? X509CertificateLoader.LoadCertificate(carried.RawData) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Its key and its certificate: a cluster key file.</summary>
    public string ToPem() => _key.ExportPkcs8PrivateKeyPem() + "\n" + Certificate.ExportCertificatePem() + "\n";

    public void Dispose()
    {
        _key.Dispose();
        Certificate.Dispose();
    }
}
