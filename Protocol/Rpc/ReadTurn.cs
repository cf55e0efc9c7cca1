using System.Threading.Tasks.Sources;

namespace JustHungry.Protocol.Rpc;

/// <summary>
/// "The loop has taken this read": a re-used signal, since one per read would be garbage per read. One reader, one loop. The reader goes on
/// in the loop's thread: it only asks the socket for more, and posts what it gets.
/// </summary>
internal sealed class ReadTurn : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _source;

    public ValueTask Begin()
    {
        _source.Reset();
        return new ValueTask(this, _source.Version);
    }

    public void End() => _source.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
