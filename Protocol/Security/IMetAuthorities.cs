using System.Security.Cryptography.X509Certificates;
using JustHungry.Protocol.Ids;

namespace JustHungry.Protocol.Security;

/// <summary>
/// Where a user notes which addresses of a shop have TLS and, without a certificate file, the authority of a shop that is met for the first time.
/// </summary>
public interface IMetAuthorities
{
    /// <summary>The one noted for this shop; null if the shop has not been met.</summary>
    X509Certificate2? Known { get; }

    /// <summary>
    /// Whether this very address has been met with TLS. What else the shop has may still be without, while it moves to TLS.
    /// </summary>
    bool HasMet(Endpoint listener);

    /// <summary>What listens at this address has proved, with TLS, to belong to the shop. On return it is noted for good.</summary>
    void NoteSecured(Endpoint listener);

    /// <summary>The shop is met for the first time. On return it is noted for good.</summary>
    /// <returns>False if another authority was noted meanwhile: it stays.</returns>
    bool TryNote(X509Certificate2 authority);
}
