using MessagePack;

namespace JustHungry.Protocol.Framing;

/// <summary>
/// One message of the protocol, written and read by hand-written code: strict, and without the 105 ms of run-time code generation that
/// MessagePack's attributes cost at first use.
/// </summary>
/// <typeparam name="TSelf">The message itself.</typeparam>
public interface IMessage<TSelf>
    where TSelf : struct, IMessage<TSelf>
{
    /// <summary>The first number in the frame.</summary>
    static abstract MessageType Type { get; }

    /// <summary>How many elements <see cref="Write"/> writes. A newer peer may send more, which are skipped.</summary>
    static abstract int FieldCount { get; }

    void Write(ref MessagePackWriter writer);

    /// <summary>How many elements a peer must send: those after them were added later, and an earlier version does not send them.</summary>
    static virtual int FieldCountLeast => TSelf.FieldCount;

    static abstract TSelf Read(ref MessagePackReader reader);

    /// <summary>Reads a message from which the elements from <paramref name="count"/> on are missing, or none.</summary>
    static virtual TSelf Read(ref MessagePackReader reader, int count) => TSelf.Read(ref reader);
}
