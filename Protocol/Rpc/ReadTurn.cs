using System.Buffers;
using System.Threading.Tasks.Sources;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// Signals that the loop has taken a read, and which of its frames were left for later. The signal is re-used, since a new one for each
/// read would be garbage. For one reader and one loop. The reader continues in the loop's thread, because it only asks the socket for
/// more and posts what it gets.
/// </summary>
internal sealed class ReadTurn : IValueTaskSource<ReadOnlySequence<byte>>
{
    private ManualResetValueTaskSourceCore<ReadOnlySequence<byte>> _source;

    public ValueTask<ReadOnlySequence<byte>> Begin()
    {
        _source.Reset();
        return new ValueTask<ReadOnlySequence<byte>>(this, _source.Version);
    }

    /// <param name="left">Whole frames that were not taken; the reader posts them again.</param>
    public void End(in ReadOnlySequence<byte> left) => _source.SetResult(left);

    ReadOnlySequence<byte> IValueTaskSource<ReadOnlySequence<byte>>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadOnlySequence<byte>>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadOnlySequence<byte>>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
