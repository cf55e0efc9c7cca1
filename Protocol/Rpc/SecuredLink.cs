using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;

namespace JustHungry.Protocol.Rpc;

/// <summary>A socket with TLS over it, after the handshake, and what that has shown about the peer.</summary>
internal sealed class SecuredLink : IDisposable
{
    /// <summary>The first two bytes of every TLS connection (RFC 8446, 5.1). As the length of a first frame they are far too long.</summary>
    public const byte HandshakeRecord = 0x16, Version = 0x03;

    private SecuredLink(Socket socket, CpuGate gate)
    {
        Cipher = new CipherStream(socket, gate);
        Stream = new SslStream(Cipher, leaveInnerStreamOpen: false);
    }

    /// <summary>What is read and written in the clear. One reader and one writer at a time.</summary>
    public SslStream Stream { get; }

    /// <summary>Keeps what <see cref="Stream"/> has encrypted until it is flushed.</summary>
    public CipherStream Cipher { get; }

    public Verdict Verdict { get; } = new();

    /// <summary>Waits for a dialler's first byte, which tells whether it speaks TLS; null if it does not.</summary>
    /// <exception cref="IOException">The handshake failed, or the peer closed.</exception>
    public static async Task<SecuredLink?> AcceptAsync(Socket socket, LinkSecurity security, CancellationToken cancel)
    {
        if (security.Mode == TlsMode.Off)
            return null;

        byte[] first = new byte[1];
        if (await socket.ReceiveAsync(first, SocketFlags.Peek, cancel).ConfigureAwait(false) == 0 || first[0] != HandshakeRecord)
            return null;
        var link = new SecuredLink(socket, CpuGate.OfAccepted);
        await link.ShakeHandsAsync(() => link.Stream.AuthenticateAsServerAsync(security.ForListener(link.Verdict), cancel)).ConfigureAwait(false);
        return link;
    }

    /// <summary>Connects, and secures the connection as the mode says.</summary>
    /// <param name="cancel">Ends the connecting.</param>
    /// <param name="cancelHandshake">Ends the TLS handshake that follows.</param>
    /// <exception cref="IOException">The handshake failed, or the peer closed.</exception>
    /// <exception cref="HelloRefusedException">Whoever listens there does not prove to belong to the cluster.</exception>
    public static async Task<(Socket Socket, SecuredLink? Link)> ConnectAsync(
        Endpoint endpoint, LinkSecurity security, CancellationToken cancel, CancellationToken cancelHandshake)
    {
        Socket socket = await Addresses.ConnectAsync(endpoint, cancel).ConfigureAwait(false);
        if (security.Mode == TlsMode.Off)
            return (socket, null);

        var link = new SecuredLink(socket, CpuGate.OfDialled);
        try
        {
            await link.ShakeHandsAsync(() => link.Stream.AuthenticateAsClientAsync(security.ForDialler(link.Verdict), cancelHandshake)).ConfigureAwait(false);
            security.NoteSecured(endpoint);
            return (socket, link);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (link.Verdict.Refusal is { } refusal)
                throw new HelloRefusedException(new HelloRefused(refusal, Hello.CurrentVersion), ofListener: true);
            if (e is not IOException)
                throw;
            if (!security.FallsBack(endpoint))
                throw new IOException(
                    security.Mode == TlsMode.Required ? "it hung up on TLS; does it run with --tls off?" : "it hung up on TLS, with which it was met before", e);
        }

        // Optional: whoever hangs up on TLS may not have it yet.
        return (await Addresses.ConnectAsync(endpoint, cancel).ConfigureAwait(false), null);
    }

    public void Dispose() => Stream.Dispose();

    private async Task ShakeHandsAsync(Func<Task> authenticate)
    {
        try
        {
            await authenticate().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Cipher.EndHandshake();
            Dispose(); // at once: a peer that is not trusted would find its socket open
            if (e is AuthenticationException or InvalidOperationException or NotSupportedException)
                throw new IOException($"TLS: {e.Message}", e);
            throw;
        }

        Cipher.EndHandshake();
    }
}
