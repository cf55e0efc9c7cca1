using System.Buffers;

namespace JustHungry.Server.Storage.Journal;

/// <summary>Builds a record: its content is written first, then header and padding are added. Not shared.</summary>
internal sealed class RecordBuffer : IBufferWriter<byte>
{
    /// <summary>A larger buffer, which only a rare record needs, is not kept.</summary>
    private const int KeptBytesMax = 4 * 1024 * 1024;

    private byte[] _bytes = new byte[16 * RecordFrame.BlockBytes];
    private int _written = RecordFrame.HeaderBytes;

    /// <summary>How many bytes of a segment the record will take.</summary>
    public long RecordBytes => RecordFrame.BytesFor(_written - RecordFrame.HeaderBytes);

    public void Clear()
    {
        if (_bytes.Length > KeptBytesMax)
            _bytes = new byte[16 * RecordFrame.BlockBytes];
        _written = RecordFrame.HeaderBytes;
    }

    /// <summary>The whole record, with its padding.</summary>
    public ReadOnlySpan<byte> Finish(ulong segment, ulong number)
    {
        RecordFrame.WriteHeader(_bytes.AsSpan(0, _written), segment, number);
        int whole = checked((int)RecordBytes);
        Reserve(whole - _written);
        _bytes.AsSpan(_written, whole - _written).Clear();
        return _bytes.AsSpan(0, whole);
    }

    public void Advance(int count) => _written += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int count)
    {
        if (_bytes.Length - _written < count)
            Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, _written + count)));
    }
}
