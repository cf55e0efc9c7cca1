using System.Globalization;
using System.Net;

namespace JustHungry.Protocol.Ids;

/// <summary>Where a process listens: a host name or address, and a TCP port.</summary>
public readonly record struct Endpoint(string Host, int Port)
{
    public const int HostCharsMax = 253; // the longest DNS name, RFC 1035 2.3.4

    /// <summary>
    /// Reads <c>HOST:PORT</c>; an IPv6 address is written in brackets, <c>[::1]:9090</c>. Port 0 means any free port when listening.
    /// </summary>
    public static bool TryParse(string? text, out Endpoint endpoint)
    {
        endpoint = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || colon > HostCharsMax)
            return false;

        string host = text![..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal))
            return false;

        if (Uri.CheckHostName(host) == UriHostNameType.Unknown ||
            !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
            return false;

        endpoint = new Endpoint(host, port);
        return true;
    }

    /// <summary>Nobody on another machine reaches it under this address.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
