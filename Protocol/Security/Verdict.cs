using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Messages;

namespace JustHungry.Protocol.Security;

/// <summary>
/// What a TLS handshake has shown about the peer. A listener completes every handshake and refuses afterwards, in an answer to the hello: a
/// client that is refused inside of TLS can't see why.
/// </summary>
internal sealed class Verdict
{
    private const X509ChainStatusFlags Time = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested;

    /// <summary>Proven; null if the peer has no certificate, or none that is accepted.</summary>
    public PeerIdentity? Identity { get; private set; }

    public X509Certificate2? Certificate { get; private set; }

    /// <summary>With which credentials of this process the peer was judged.</summary>
    public TlsMaterial? JudgedBy { get; set; }

    /// <summary>Why the certificate is not accepted; null if there is none, or it is.</summary>
    public HelloRefusal? Refusal { get; private set; }

    /// <param name="chain">Built by the framework's TLS with our policy; null without a certificate.</param>
    /// <returns>The peer has a certificate, and it is accepted.</returns>
    public bool Judge(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Certificate = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        if (Certificate is null)
            return false;

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            Refusal = WhyNot(chain!);
        else if (PeerIdentity.TryRead(Certificate) is { } identity)
            Identity = identity;
        else
            Refusal = HelloRefusal.WrongIdentity;
        return Identity is not null;
    }

    /// <summary>Another authority than this certificate's was met first.</summary>
    public void Distrust() => (Identity, Refusal) = (null, HelloRefusal.UnknownAuthority);

    /// <summary>Why the peer may not say this hello; null if it may.</summary>
    public HelloRefusal? WhyNot(in Hello hello) =>
        Refusal ?? (Identity is { } proven ? (proven.Fits(hello) ? null : HelloRefusal.WrongIdentity)
            : hello.Role == Role.User ? null
            : HelloRefusal.CertificateRequired);

    private static HelloRefusal WhyNot(X509Chain chain)
    {
        X509ChainStatusFlags all = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain.ChainStatus)
            all |= status.Status;
        return (all & Time) != X509ChainStatusFlags.NoError && (all & ~Time) == X509ChainStatusFlags.NoError ? HelloRefusal.Expired : HelloRefusal.UnknownAuthority;
    }
}
