using System.Net.Sockets;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// The encrypted side of a secured connection: an <see cref="PatientStream"/> that gathers what is written until it is flushed, so
/// that many records leave with one system call. During the handshake, what is read is handed on only through the <see cref="CpuGate"/>.
/// </summary>
internal sealed class CipherStream(Socket socket, CpuGate gate) : PatientStream(new NetworkStream(socket, ownsSocket: false))
{
    private const int FirstBytes = 4 * 1024;

    /// <summary>On a connection to a daemon. There are thousands of the others, quiet most of the time.</summary>
    private const int KeptBytes = 64 * 1024;

    private byte[] _gathered = [];
    private int _count;
    private bool _isGated = true;
    private bool _isInside;

    /// <summary>The handshake is over, well or badly.</summary>
    public void EndHandshake()
    {
        _isGated = false;
        LeaveGate();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isGated ? ReadThroughGateAsync(buffer, cancellationToken) : base.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_count + buffer.Length > _gathered.Length)
            Array.Resize(ref _gathered, Math.Max(FirstBytes, Math.Max(2 * _gathered.Length, _count + buffer.Length)));
        buffer.CopyTo(_gathered.AsMemory(_count));
        _count += buffer.Length;
        return default;
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        int count = _count;
        _count = 0;
        if (count > 0)
            await base.WriteAsync(_gathered.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        if (_gathered.Length > (WaitsWithoutBuffer ? FirstBytes : KeptBytes))
            _gathered = [];
    }

    private async ValueTask<int> ReadThroughGateAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        LeaveGate();
        int count = await base.ReadAsync(buffer, cancel).ConfigureAwait(false);
        await gate.EnterAsync(cancel).ConfigureAwait(false);
        _isInside = true;
        return count;
    }

    private void LeaveGate()
    {
        if (!_isInside)
            return;
        _isInside = false;
        gate.Leave();
    }
}
