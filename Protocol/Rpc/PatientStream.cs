using System.Net.Sockets;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// A socket's stream whose reads of no bytes, by which a pipe waits without a buffer, can be turned off: to a daemon, which is hardly ever
/// silent, they are a system call for nothing.
/// </summary>
internal sealed class PatientStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
{
    /// <summary>Reads of no bytes end when there is something to read; otherwise at once.</summary>
    public bool WaitsWithoutBuffer { get; set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty && !WaitsWithoutBuffer ? default : base.ReadAsync(buffer, cancellationToken);
}
