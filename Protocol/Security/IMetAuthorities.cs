using System.Security.Cryptography.X509Certificates;

namespace JustHungry.Protocol.Security;

/// <summary>Where a user without a certificate file notes the authority of a shop that is met for the first time.</summary>
public interface IMetAuthorities
{
    /// <summary>The one noted for this shop; null if the shop has not been met.</summary>
    X509Certificate2? Known { get; }

    /// <summary>The shop is met for the first time. On return it is noted for good.</summary>
    void Note(X509Certificate2 authority);
}
