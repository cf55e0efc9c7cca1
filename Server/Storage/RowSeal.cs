using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using JustHungry.Protocol.Files;
using JustHungry.Protocol.Ids;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Server.Storage.Disk;
using JustHungry.Server.Storage.Sqlite;

namespace JustHungry.Server.Storage;

/// <summary>
/// The checksum that each row of <c>orders.db</c> carries in its column <c>seal</c>: a CRC32C of its table and of all its other columns.
/// SQLite checks the frames of its WAL, but not the pages of its file, where one flipped bit changes a price. Used by one thread, since it
/// gathers the bytes in one buffer.
/// </summary>
internal sealed class RowSeal
{
    private const int NoText = -1;

    private byte[] _bytes = new byte[512];
    private int _length;

    /// <summary>Part of the seal, so that a row of one table is not accepted in another.</summary>
    private enum Table : byte
    {
        Meta = 1,
        Products,
        Customers,
        Requests,
        Orders,
        Refusals,
    }

    public uint Meta(EntryPosition at, KeyHash? owner, ulong rows)
    {
        Begin(Table.Meta);
        Add((long)at.Index.Value);
        Add((long)at.Epoch.Value);
        Add(owner is null ? 0 : 1);
        Add(owner.GetValueOrDefault());
        Add((long)rows);
        return End();
    }

    public uint Product(int number, in Product product, bool retired)
    {
        Begin(Table.Products);
        Add(number);
        Add(product.Name);
        Add(product.Stock);
        Add(product.Price.Value);
        Add(retired ? 1 : 0);
        return End();
    }

    public uint Customer(UserId user, KeyHash key, CustomerDetails? details, CustomersTurn turn)
    {
        Begin(Table.Customers);
        Add(user.Value);
        Add(key);
        Add(details?.FirstName);
        Add(details?.LastName);
        Add(details?.Phone);
        Add(details?.Postcode);
        Add(details?.Address);
        Add(turn.Sequence is null ? 0 : 1);
        Add((long)turn.Sequence.GetValueOrDefault().Value);
        Add(turn.Slot);
        return End();
    }

    public uint Request(in AnsweredRequest request, int slot, ReadOnlySpan<byte> answer)
    {
        Begin(Table.Requests);
        Add(request.User.Value);
        Add(slot);
        Add((long)request.Sequence.Value);
        Add(request.RequestId.Value);
        Add((long)request.BodyHash);
        Add(answer);
        return End();
    }

    public uint Refusal(int slot, ulong number, KeyHash key, in AnsweredRequest request, ReadOnlySpan<byte> answer)
    {
        Begin(Table.Refusals);
        Add(slot);
        Add((long)number);
        Add(key);
        Add(request.User.Value);
        Add((long)request.Sequence.Value);
        Add(request.RequestId.Value);
        Add((long)request.BodyHash);
        Add(answer);
        return End();
    }

    /// <param name="lines">The column <c>lines</c>; the lines of <paramref name="order"/> are ignored.</param>
    public uint Order(in OrderRow order, ReadOnlySpan<byte> lines)
    {
        Begin(Table.Orders);
        Add((long)order.Number.Value);
        Add(order.User.Value);
        Add(order.OrderId);
        Add(((int)order.Status << 8) | (int)order.Delivery);
        Add(order.Tip.Value);
        Add(order.Total.Value);
        Add(order.PlacedAt);
        Add(lines);
        return End();
    }

    /// <param name="key">The row's number or the customer's id, for the message.</param>
    /// <exception cref="DamagedStorageException">The row does not match its seal.</exception>
    public static void Check<TKey>(uint seal, SqliteStatement row, int column, string file, string table, TKey key)
    {
        if (row.Integer(column) != seal)
            throw new DamagedStorageException(file, $"row {key} of the table {table} does not match its checksum");
    }

    private void Begin(Table table)
    {
        _length = 0;
        Add((long)table);
    }

    private uint End() => Crc32C.Of(_bytes.AsSpan(0, _length));

    private void Add(long number) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), number);

    private void Add(UInt128 id) => BinaryPrimitives.WriteUInt128LittleEndian(Next(16), id);

    private void Add(KeyHash hash)
    {
        Add(hash.High);
        Add(hash.Low);
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Add((long)bytes.Length);
        bytes.CopyTo(Next(bytes.Length));
    }

    private void Add(string? text)
    {
        if (text is null)
        {
            Add((long)NoText);
            return;
        }

        int bytes = Encoding.UTF8.GetByteCount(text);
        Add((long)bytes);
        Encoding.UTF8.GetBytes(text, Next(bytes));
    }

    private Span<byte> Next(int bytes)
    {
        if (_bytes.Length - _length < bytes)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        _length += bytes;
        return _bytes.AsSpan(_length - bytes, bytes);
    }
}

/// <summary>The sequence of a customer's newest answer, and its slot in the table requests.</summary>
/// <param name="Sequence">Null if nothing has been answered yet.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CustomersTurn(Sequence? Sequence, int Slot)
{
    /// <summary>The state before the first answer, which goes into slot 0.</summary>
    public static CustomersTurn Beginning => new(null, AnsweredRing.KeptMax - 1);

    public CustomersTurn Take(int answers, Sequence first, Sequence last)
    {
        int again = Sequence == first ? 1 : 0; // an answer that is already stored keeps its slot
        return new CustomersTurn(last, (Slot + answers - again) % AnsweredRing.KeptMax);
    }
}
