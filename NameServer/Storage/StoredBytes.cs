using System.Buffers;
using System.Buffers.Binary;
using JustHungry.NameServer.Registers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using MessagePack;

namespace JustHungry.NameServer.Storage;

/// <summary>Stores registrations and views in their wire encoding, so that there is only one encoding to test.</summary>
internal static class StoredBytes
{
    private const int IdBytes = 16;
    private const int ViewFields = 4;

    public static byte[] Of(Registration registration)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        Registration.Write(ref writer, registration);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    public static byte[] Of(View view)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        View.Write(ref writer, view);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    public static byte[] Of(UInt128 id)
    {
        byte[] bytes = new byte[IdBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return bytes;
    }

    public static byte[] Of(StoredView view)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(bytes);
        writer.WriteArrayHeader(ViewFields);
        writer.WriteId(view.ProposalId);
        writer.Write((byte)view.Kind);
        writer.Write(view.MadeAt);
        View.Write(ref writer, view.View);
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }

    public static UInt128 ReadId(byte[] bytes) =>
        bytes.Length == IdBytes ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : throw new StorageException("an id that is not 16 bytes long");

    public static Registration ReadRegistration(byte[] bytes) => Read(bytes, Registration.Read);

    public static View ReadView(byte[] bytes) => Read(bytes, View.Read);

    public static StoredView ReadStoredView(byte[] bytes) => Read(bytes, static (ref MessagePackReader reader) =>
    {
        reader.ExpectArray(ViewFields);
        UInt128 proposalId = reader.ReadId();
        ProposalKind kind = reader.ReadEnum<ProposalKind>();
        long madeAt = reader.ReadInt64();
        return new StoredView(proposalId, kind, View.Read(ref reader), madeAt);
    });

    private static T Read<T>(byte[] bytes, ReadElement<T> read)
    {
        try
        {
            return Decoding.Read(new ReadOnlySequence<byte>(bytes), read);
        }
        catch (ProtocolViolationException e)
        {
            throw new StorageException(e.Message, e);
        }
    }
}
