using System.Buffers;
using System.Net.Sockets;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Names;
using MessagePack;

namespace JustHungry.Tests.EndToEnd.Rig;

/// <summary>One connection that asks for the whole catalogue as fast as it is taken, each time as another stranger, and reads the answers slowly.</summary>
internal sealed class GreedyReader : IAsyncDisposable
{
    private const int AsksAtOnce = 1_024;
    private const int ReadBytes = 64 * 1024;
    private const int ReadEveryMs = 10;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _bytesRead;

    public GreedyReader(Endpoint frontEnd)
    {
        _socket.Connect(frontEnd.Host, frontEnd.Port);
        _running = Task.WhenAll(AskAsync(), ReadAsync());
    }

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public static Hello OwnHello() => new(Role.User, "", DiskId.None, new BootId(FreshIds.Next()), ClusterId.None, NameRules.DefaultGroup);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _running.ContinueWith(static _ => { }, TaskScheduler.Default); // broken off in the middle
        _stop.Dispose();
    }

    private async Task AskAsync()
    {
        var frames = new FrameWriter();
        var output = new ArrayBufferWriter<byte>();
        frames.Write(output, 0, OwnHello());
        byte[] nothing = [MessagePackCode.Nil];
        while (true)
        {
            for (ulong i = 1; i <= AsksAtOnce; i++)
            {
                frames.Write(output, i, new Request(new UserRequest(
                    new UserId(FreshIds.Next()), default, Sequence.None, RequestId.None, RequestKind.ProductList, new ReadOnlySequence<byte>(nothing))));
            }

            for (ReadOnlyMemory<byte> rest = output.WrittenMemory; !rest.IsEmpty;)
                rest = rest[await _socket.SendAsync(rest, _stop.Token)..];
            output.ResetWrittenCount();
        }
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[ReadBytes];
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(ReadEveryMs));
        while (await pace.WaitForNextTickAsync(_stop.Token))
        {
            int read = await _socket.ReceiveAsync(buffer, _stop.Token);
            if (read == 0)
                return;
            Interlocked.Add(ref _bytesRead, read);
        }
    }
}
