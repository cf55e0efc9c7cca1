using System.Buffers;
using System.Threading.Tasks.Sources;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// "The loop has taken this read", and which frames of it were left for later: a re-used signal, since one per read would be garbage per read.
/// One reader, one loop. The reader goes on in the loop's thread: it only asks the socket for more, and posts what it gets.
/// </summary>
internal sealed class ReadTurn : IValueTaskSource<ReadOnlySequence<byte>>
{
    private ManualResetValueTaskSourceCore<ReadOnlySequence<byte>> _source;

    public ValueTask<ReadOnlySequence<byte>> Begin()
    {
        _source.Reset();
        return new ValueTask<ReadOnlySequence<byte>>(this, _source.Version);
    }

    /// <param name="left">Whole frames that were not taken; they are to be brought again.</param>
    public void End(in ReadOnlySequence<byte> left) => _source.SetResult(left);

    ReadOnlySequence<byte> IValueTaskSource<ReadOnlySequence<byte>>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadOnlySequence<byte>>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadOnlySequence<byte>>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
