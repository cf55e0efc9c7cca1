using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Commands;
using JustHungry.Protocol.Ids;

namespace JustHungry.NameServer.Etcd;

/// <summary>Where an etcd cluster listens for clients, and how this one shows who it is.</summary>
/// <param name="Tls">Null: without TLS.</param>
/// <param name="User">Null: no user and password.</param>
internal sealed record EtcdOptions(IReadOnlyList<Endpoint> Members, SslClientAuthenticationOptions? Tls, EtcdUser? User)
{
    /// <summary>What follows <c>--storage etcd:</c>, and the files that are named beside it.</summary>
    /// <param name="certificate">Given together with <paramref name="key"/>, or null.</param>
    /// <param name="user">NAME:FILE, with the password in the file, or null.</param>
    public static Typed<EtcdOptions> Parse(string members, string? ca, string? certificate, string? key, string? user) =>
        from _ in Typed.Unless(certificate is null != key is null ? "--etcd-cert and --etcd-key belong together."
            : certificate is not null && user is not null ? "say --etcd-cert and --etcd-key, or --etcd-user, and not both."
            : null)
        from endpoints in ParseMembers(members)
        from tls in ParseTls(ca, certificate, key)
        from named in EtcdUser.Parse(user)
        select new EtcdOptions(endpoints, tls, named);

    private static Typed<Endpoint[]> ParseMembers(string members)
    {
        string[] texts = members.Split(',');
        return texts.All(t => Endpoint.TryParse(t, out Endpoint _))
            ? texts.Select(t => Endpoint.TryParse(t, out Endpoint endpoint) ? endpoint : default).Distinct().ToArray()
            : new Wrong($"--storage etcd:{members}: expected etcd:HOST:PORT, or several members' HOST:PORT with commas between them, for example etcd:127.0.0.1:2379.");
    }

    private static Typed<SslClientAuthenticationOptions?> ParseTls(string? ca, string? certificate, string? key)
    {
        if (ca is null && certificate is null)
            return Typed.Of<SslClientAuthenticationOptions?>(null);

        try
        {
            var options = new SslClientAuthenticationOptions();
            if (ca is not null)
                options.CertificateChainPolicy = Trusting(ca);
            if (certificate is not null)
                options.ClientCertificateContext = SslStreamCertificateContext.Create(Usable(X509Certificate2.CreateFromPemFile(certificate, key)), null, offline: true);
            return options;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return new Wrong($"--etcd-ca, --etcd-cert, --etcd-key: {e.Message}");
        }
    }

    private static X509ChainPolicy Trusting(string ca)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPemFile(ca);
        return policy;
    }

    /// <summary>Windows takes no key that exists in memory only.</summary>
    private static X509Certificate2 Usable(X509Certificate2 leaf) =>
        OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null) : leaf;
}

/// <summary>A user of etcd's own.</summary>
internal sealed record EtcdUser(string Name, string Password)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => Name;

    /// <summary>Null if there is none.</summary>
    public static Typed<EtcdUser?> Parse(string? text)
    {
        if (text is null)
            return Typed.Of<EtcdUser?>(null);

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 1 || colon == text.Length - 1)
            return new Wrong($"--etcd-user {text}: expected NAME:FILE, with the password in the file.");

        try
        {
            return new EtcdUser(text[..colon], File.ReadAllText(text[(colon + 1)..]).TrimEnd('\r', '\n'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Wrong($"--etcd-user {text}: {e.Message}");
        }
    }
}
