using System.Buffers;
using System.IO.Pipelines;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Security;

namespace JustHungry.Protocol.Rpc;

/// <summary>The first frame in each direction: the dialler says hello, the listener answers with its own or refuses.</summary>
internal static class Handshake
{
    /// <exception cref="HelloRefusedException">The listener refuses this process.</exception>
    /// <exception cref="ProtocolViolationException">The listener speaks something else.</exception>
    public static async Task<Hello?> DialAsync(PipeReader input, PipeWriter output, Hello own, CancellationToken cancel)
    {
        new FrameWriter().Write(output, correlation: 0, own);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return await ReadFirstFrameAsync(input, static frame =>
        {
            if (frame.Type == MessageType.HelloRefused)
                throw new HelloRefusedException(frame.As<HelloRefused>());
            Hello peer = frame.As<Hello>();
            return peer.Version == Hello.CurrentVersion
                ? peer
                : throw new HelloRefusedException(new HelloRefused(HelloRefusal.Version, peer.Version));
        }, cancel).ConfigureAwait(false);
    }

    /// <summary>Checks that the listener proves what its hello says, and is whom this process looked for.</summary>
    /// <param name="shown">Null without TLS.</param>
    /// <param name="sought">Null if the caller compares the role and the id itself, as cores do.</param>
    /// <exception cref="HelloRefusedException">It does not, or it is not.</exception>
    public static void DemandListener(Verdict? shown, in Hello own, Role? sought, in Hello peer)
    {
        if (shown?.WhyNot(peer) is { } refusal)
            throw new HelloRefusedException(new HelloRefused(refusal, Hello.CurrentVersion), ofListener: true);
        if ((sought is { } role && peer.Role != role) || (peer.Role != Role.NameServer && peer.Group != own.Group))
            throw HelloRefusedException.SomebodyElse(peer, sought, own.Group);
    }

    /// <summary>Reads a dialler's hello and answers it; null if it was refused.</summary>
    public static async Task<Hello?> AcceptAsync(
        PipeReader input, PipeWriter output, Func<Hello?, Task<(Hello Own, HelloRefusal? Refusal)>> screen, CancellationToken cancel)
    {
        Hello peer = await ReadFirstFrameAsync(input, static frame => frame.As<Hello>(), cancel).ConfigureAwait(false);
        (Hello own, HelloRefusal? refusal) = await screen(peer).ConfigureAwait(false);
        if (peer.Version != Hello.CurrentVersion)
            refusal = HelloRefusal.Version;

        var writer = new FrameWriter();
        if (refusal is { } reason)
            writer.Write(output, correlation: 0, new HelloRefused(reason, Hello.CurrentVersion));
        else
            writer.Write(output, correlation: 0, own);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return refusal is null ? peer : null;
    }

    private delegate Hello ReadHello(Frame frame);

    private static async Task<Hello> ReadFirstFrameAsync(PipeReader input, ReadHello read, CancellationToken cancel)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancel).ConfigureAwait(false);
            ReadOnlySequence<byte> rest = result.Buffer;
            if (!rest.IsEmpty && rest.FirstSpan[0] == SecuredLink.HandshakeRecord && rest.Length > FrameLimits.PrefixBytes && rest.FirstSpan[1] == SecuredLink.Version)
                throw new ProtocolViolationException("it speaks TLS, and this process runs with --tls off");
            if (FrameScanner.TryRead(ref rest, FrameLimits.HelloBytesMax, out ReadOnlySequence<byte> frame))
            {
                Hello hello = read(new Frame(frame));
                input.AdvanceTo(rest.Start); // not examined: frames that came with the hello are read next
                return hello;
            }

            if (result.IsCompleted)
                throw new ConnectionLostException("closed before its hello");
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
