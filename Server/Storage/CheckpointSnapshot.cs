using System.Buffers;
using JustHungry.Protocol.Cores;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Ids;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// The tables as they stood at one position, read in chunks while checkpoints go on: one read transaction on its own connection (a WAL
/// snapshot). Never holds more than a chunk and a row in memory.
/// </summary>
internal sealed class CheckpointSnapshot : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly CheckpointReader _reader;
    private readonly ArrayBufferWriter<byte> _rows = new(64 * 1024);
    private readonly EffectWriter _writer;
    private readonly int _chunkBytesMax;
    private byte[] _carried = [];

    public CheckpointSnapshot(string file, int chunkBytesMax = FrameLimits.ChunkBytesMax)
    {
        _chunkBytesMax = chunkBytesMax;
        _writer = new EffectWriter(_rows);
        _database = new SqliteDatabase(file);
        _database.Execute("begin");
        CheckpointMeta meta = CheckpointMeta.Read(_database); // the first read fixes the snapshot
        Position = meta.Position;
        _reader = new CheckpointReader(_database, meta);
    }

    /// <summary>Where the tables stood when the snapshot was opened.</summary>
    public EntryPosition Position { get; }

    /// <summary>The next chunk: whole rows, one at least, and more as long as they fit. The last one may be empty.</summary>
    public (ReadOnlyMemory<byte> Rows, bool Last) ReadChunk()
    {
        _rows.ResetWrittenCount();
        _rows.Write(_carried);
        _carried = [];
        int whole = _rows.WrittenCount;
        while (_reader.ApplyNext(_writer))
        {
            Invariant.Check(_rows.WrittenCount - whole <= FrameLimits.PayloadBytesMax, "a row fits into a frame");
            if (_rows.WrittenCount > _chunkBytesMax && whole > 0)
            {
                _carried = _rows.WrittenSpan[whole..].ToArray();
                return (_rows.WrittenSpan[..whole].ToArray(), false);
            }

            whole = _rows.WrittenCount;
        }

        return (_rows.WrittenSpan.ToArray(), true);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _database.Dispose();
    }
}
