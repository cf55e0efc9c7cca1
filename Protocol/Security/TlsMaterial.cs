using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JustHungry.Protocol.Security;

/// <summary>What a process proves itself with, and whom it trusts. Immutable: a change of the file makes another.</summary>
internal sealed class TlsMaterial
{
    /// <summary>How long a leaf that is minted from the cluster key lasts. It is minted again after two thirds of that.</summary>
    private static readonly TimeSpan MintedFor = TimeSpan.FromDays(30);

    private TlsMaterial(SslStreamCertificateContext? own, X509Certificate2Collection trusted, DateTimeOffset? renewAt, DateTimeOffset expires)
    {
        Own = own;
        Trusted = trusted;
        RenewAt = renewAt;
        Expires = expires;
    }

    /// <summary>Null for users, who have no certificate.</summary>
    public SslStreamCertificateContext? Own { get; }

    public X509Certificate2Collection Trusted { get; }

    /// <summary>When a leaf that this process minted is due again; null if it did not mint it.</summary>
    public DateTimeOffset? RenewAt { get; }

    /// <summary>When something that nobody renews by itself expires: the issued certificate, or the last authority that is trusted.</summary>
    public DateTimeOffset Expires { get; }

    /// <param name="self">What this process is; null for a user.</param>
    /// <exception cref="FormatException">The file can't be used; the message says why and what to do.</exception>
    public static TlsMaterial Load(string path, PeerIdentity? self, DateTimeOffset now)
    {
        try
        {
            return Use(TlsFile.Read(path), path, self, now);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path} can't be used: {e.Message}", e);
        }
    }

    private static TlsMaterial Use(TlsFile file, string path, PeerIdentity? self, DateTimeOffset now)
    {
        DateTimeOffset expires = file.Trusted.Max(c => c.NotAfter).ToUniversalTime();
        if (expires <= now)
            throw Expired(path, "the authority's certificate", expires);
        if (self is not { } identity)
            return new TlsMaterial(null, file.Trusted, null, expires);

        if (file.ClusterKey is { } authority)
        {
            X509Certificate2 minted = authority.Issue(identity, now, now + MintedFor);
            return new TlsMaterial(Usable(minted), file.Trusted, now + (MintedFor * 2 / 3), authority.Certificate.NotAfter.ToUniversalTime());
        }

        if (file.Issued is not { } issued)
            throw new FormatException($"{path} holds no key: this program has to prove that it is {identity}.");
        if (PeerIdentity.TryRead(issued) is not { } proven || proven.Role != identity.Role || !Matches(proven, identity))
            throw new FormatException($"{path} is for {PeerIdentity.TryRead(issued)?.ToString() ?? issued.Subject}, and this is {identity}.");
        DateTimeOffset ends = issued.NotAfter.ToUniversalTime();
        if (ends <= now)
            throw Expired(path, "the certificate", ends);
        return new TlsMaterial(Usable(issued), file.Trusted, null, ends < expires ? ends : expires);
    }

    /// <summary>Trusts these, and has nothing to prove itself with.</summary>
    public static TlsMaterial OfUser(X509Certificate2Collection trusted) => new(null, trusted, null, DateTimeOffset.MaxValue);

    private static bool Matches(in PeerIdentity proven, in PeerIdentity wanted) =>
        proven.Role == Messages.Role.NameServer || (proven.Group == wanted.Group && (proven.Role != Messages.Role.Replica || proven.Id == wanted.Id));

    private static FormatException Expired(string path, string what, DateTimeOffset on) =>
        new($"{path}: {what} expired on {on.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC. Issue another: 'nameserver keys --help'.");

    /// <summary>Windows' TLS can't use a key that is only in memory.</summary>
    private static SslStreamCertificateContext Usable(X509Certificate2 leaf) => SslStreamCertificateContext.Create(
        OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null) : leaf, null, offline: true);
}
