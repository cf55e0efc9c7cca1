using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;

namespace JustHungry.Protocol.Rpc;

/// <summary>The peer refused this process's hello, or speaks another version of the protocol.</summary>
public sealed class HelloRefusedException : Exception
{
    public HelloRefusedException(HelloRefused refused) : base(Describe(refused)) => Reason = refused.Reason;

    /// <param name="ofListener">This process refuses the listener, not the other way round.</param>
    internal HelloRefusedException(HelloRefused refused, bool ofListener) : base(ofListener ? DescribeListener(refused.Reason) : Describe(refused))
    {
        Reason = refused.Reason;
        IsUntrusted = ofListener;
    }

    private HelloRefusedException(string message, HelloRefusal reason) : base(message)
    {
        Reason = reason;
        IsSomebodyElse = true;
    }

    public HelloRefusedException(string message) : base(message)
    {
    }

    public HelloRefusedException(string message, Exception inner) : base(message, inner)
    {
    }

    public HelloRefusedException()
    {
    }

    public HelloRefusal Reason { get; }

    /// <summary>It is this program that refuses: whoever listens there does not prove to be what it says.</summary>
    public bool IsUntrusted { get; }

    /// <summary>What listens there may be what it says, but it is not whom this program looked for.</summary>
    public bool IsSomebodyElse { get; }

    /// <param name="sought">Null if only the group is known.</param>
    internal static HelloRefusedException SomebodyElse(in Hello peer, Role? sought, string group)
    {
        bool hasOtherRole = sought is { } role && peer.Role != role;
        string of = peer.Role != Role.NameServer && NameRules.IsGroup(peer.Group) ? $" of group {peer.Group}" : "";
        string wanted = sought == Role.NameServer ? "the name server" : $"{(sought is { } s ? $"a {s.ToName()}" : "one")} of group {group}";
        return new HelloRefusedException($"a {peer.Role.ToName()}{of} listens there, not {wanted}", hasOtherRole ? HelloRefusal.WrongRole : HelloRefusal.OtherGroup);
    }

    private static string DescribeListener(HelloRefusal reason) => reason switch
    {
        HelloRefusal.UnknownAuthority => "what listens there has no certificate of this cluster",
        HelloRefusal.Expired => "the certificate of what listens there has expired or is not valid yet, by the clock here",
        HelloRefusal.WrongIdentity => "the certificate of what listens there is for another role, id or group",
        _ => $"what listens there is refused: {reason}",
    };

    private static string Describe(HelloRefused refused) => refused.Reason switch
    {
        HelloRefusal.Version => $"it speaks version {refused.Version} of the protocol, this program version {Hello.CurrentVersion}",
        HelloRefusal.WrongRole => "it does not serve this kind of program",
        HelloRefusal.OtherGroup => "it belongs to another group",
        HelloRefusal.OtherCluster => "it belongs to another cluster of the same group",
        HelloRefusal.Stopping => "it is stopping",
        HelloRefusal.TlsRequired => "it takes no connection without TLS: say --tls required",
        HelloRefusal.CertificateRequired => "it wants a certificate: name the cluster key, or an identity issued from it, with --tls-file",
        HelloRefusal.UnknownAuthority => "the certificate of this program is not one of that cluster's: look at --tls-file",
        HelloRefusal.Expired => "the certificate of this program has expired or is not valid yet, by the clock there",
        HelloRefusal.WrongIdentity => "the certificate of this program is for another role, id or group",
        _ => refused.Reason.ToString(),
    };
}
