using System.Net.Sockets;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// A socket's stream on which zero-byte reads can be turned off. A pipe uses them to wait without a buffer, but on a connection to a
/// daemon, which is hardly ever silent, they only cost a system call.
/// </summary>
internal class PatientStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
{
    /// <summary>If set, a zero-byte read completes when there is something to read; otherwise it completes at once.</summary>
    public bool WaitsWithoutBuffer { get; set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty && !WaitsWithoutBuffer ? default : base.ReadAsync(buffer, cancellationToken);
}
