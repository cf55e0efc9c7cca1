using System.Buffers;
using BenchmarkDotNet.Attributes;
using JustHungry.Benchmarks.Load;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Benchmarks.Micro;

/// <summary>One order on the wire: its request written and read, its body read.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly FrameWriter _frames = new();
    private UserRequest _request;
    private ReadOnlySequence<byte> _frame;

    [GlobalSetup]
    public void Setup()
    {
        _request = MicroOrders.Request(new Menu(MicroOrders.Products), new BenchUser());
        _frames.Write(_output, 1, new Request(_request));
        var received = new ReadOnlySequence<byte>(_output.WrittenSpan.ToArray());
        FrameScanner.TryRead(ref received, FrameLimits.UserBytesMax, out _frame);
    }

    [Benchmark]
    public int WriteRequest()
    {
        _output.ResetWrittenCount();
        _frames.Write(_output, 1, new Request(_request));
        return _output.WrittenCount;
    }

    [Benchmark]
    public ulong ReadRequest() => new Frame(_frame).As<Request>().Content.Sequence.Value;

    [Benchmark]
    public int ReadBody()
    {
        var reader = new MessagePackReader(_request.Body);
        return OrderDraft.Read(ref reader).Lines.Count;
    }
}
