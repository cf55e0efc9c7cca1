namespace JustHungry.Protocol.Security;

/// <summary>Whether a process secures its connections, as <c>--tls</c> says.</summary>
public enum TlsMode
{
    Off = 0,

    /// <summary>
    /// For moving a running cluster from one to the other: takes both kinds, and dials with TLS first. What a peer without TLS says it is,
    /// is not proven.
    /// </summary>
    Optional = 1,

    Required = 2,
}
