using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Security;

/// <summary>How a process secures its connections: whether it does, with which credentials, and whom it trusts. Thread-safe.</summary>
public sealed class LinkSecurity
{
    /// <summary>Sent in the clear by TLS itself, so it names nobody. What listens proves who it is by its certificate.</summary>
    private const string HostName = "justhungry";

    private const string ServerUse = "1.3.6.1.5.5.7.3.1"; // RFC 5280, 4.2.1.12

    private readonly IMetAuthorities? _met;

    /// <summary>macOS can't listen with TLS 1.3, and not every Windows can.</summary>
    private static readonly SslProtocols Protocols = OperatingSystem.IsLinux() ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;

    private LinkSecurity(TlsMode mode, TlsCredentials? credentials, IMetAuthorities? met)
    {
        Mode = mode;
        Credentials = credentials;
        _met = met;
    }

    public static LinkSecurity Off { get; } = new(TlsMode.Off, null, null);

    public TlsMode Mode { get; }

    /// <summary>Null if it is off, and for users who note what they meet.</summary>
    public TlsCredentials? Credentials { get; }

    /// <param name="met">A user's, which notes what was met with TLS; null for daemons.</param>
    public static LinkSecurity With(TlsMode mode, TlsCredentials credentials, IMetAuthorities? met = null) => new(mode, credentials, met);

    /// <summary>A user's, who trusts whatever authority is met first.</summary>
    public static LinkSecurity Meeting(TlsMode mode, IMetAuthorities met) => new(mode, null, met);

    /// <summary>
    /// Whether a listener is dialled without TLS if it does not have it. One that was met with TLS at this address has it, and whoever hangs
    /// up on TLS there may only want to be spoken to in the clear.
    /// </summary>
    internal bool FallsBack(Endpoint listener) => Mode == TlsMode.Optional && _met?.HasMet(listener) != true;

    /// <summary>A listener has proved itself: from now on it is not dialled without TLS.</summary>
    internal void NoteSecured(Endpoint listener)
    {
        if (Mode == TlsMode.Optional)
            _met?.NoteSecured(listener);
    }

    /// <summary>Why a peer that dialled is refused before anybody looks at what it wants; null if it is not.</summary>
    /// <param name="shown">What its TLS handshake has shown; null if it came without TLS.</param>
    internal HelloRefusal? WhyNot(Verdict? shown, in Hello hello) =>
        shown is not null ? shown.WhyNot(hello) : Mode == TlsMode.Required ? HelloRefusal.TlsRequired : null;

    /// <summary>Whether an open connection's peer would be trusted today. That its certificate has expired meanwhile does not matter.</summary>
    internal bool StillTrusts(Verdict shown)
    {
        if (shown.Certificate is null || Credentials is null || shown.JudgedBy == Credentials.Current)
            return true;
        using var chain = new X509Chain { ChainPolicy = PolicyOf(Credentials.Current.Trusted) };
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(shown.Certificate);
    }

    internal SslServerAuthenticationOptions ForListener(Verdict verdict)
    {
        TlsMaterial material = Credentials!.Current;
        verdict.JudgedBy = material;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Own,
            ClientCertificateRequired = true, // asked for: users have none
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false, // an identity would carry over to a connection that has not shown it
            CertificateChainPolicy = PolicyOf(material.Trusted),
#pragma warning disable CA5359 // who is not trusted is refused in the answer to the hello, where it learns why: Verdict.WhyNot
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                verdict.Judge(certificate, chain, errors);
                return true;
            },
#pragma warning restore CA5359
        };
    }

    internal SslClientAuthenticationOptions ForDialler(Verdict verdict)
    {
        TlsMaterial material = Credentials?.Current ?? TlsMaterial.OfUser(_met!.Known is { } known ? [known] : []);
        verdict.JudgedBy = material;
        return new SslClientAuthenticationOptions
        {
            TargetHost = HostName,
            ClientCertificateContext = material.Own,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = false,
            CertificateChainPolicy = PolicyOf(material.Trusted),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                material.Trusted.Count == 0 ? Meet(verdict, certificate) : verdict.Judge(certificate, chain, errors),
        };
    }

    /// <summary>Takes the listener's word for which authority it belongs to, this once.</summary>
    private bool Meet(Verdict verdict, X509Certificate? certificate)
    {
        if (certificate is null)
            return false;
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        if (Authority.TryReadFrom(leaf) is not { } authority)
            return verdict.Judge(certificate, new X509Chain(), SslPolicyErrors.RemoteCertificateChainErrors);

        using var chain = new X509Chain { ChainPolicy = PolicyOf([authority]) };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUse));
        bool isValid = chain.Build(leaf);
        if (!verdict.Judge(certificate, chain, isValid ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors))
            return false;
        if (_met!.TryNote(authority))
            return true;
        verdict.Distrust();
        return false;
    }

    private static X509ChainPolicy PolicyOf(X509Certificate2Collection trusted)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(trusted);
        return policy;
    }
}
