using System.Buffers;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using JustHungry.Server.Shop;
using JustHungry.Tests.Fuzzing;

namespace JustHungry.CoverageFuzzing;

/// <summary>Which decoder an input is for.</summary>
internal enum Decoder : byte
{
    Frame = 0,
    Details = 1,
    Draft = 2,
    Answer = 3,
    Effects = 4,
    OwnersBody = 5,
}

/// <summary>
/// Reads an input as whoever receives such bytes does. Its first byte chooses the decoder. The only exception that may leave a decoder is a
/// <see cref="ProtocolViolationException"/>; any other, a hang, or more memory than the process is given, is a finding.
/// </summary>
internal static class Decoders
{
    private static readonly Dictionary<MessageType, Action<byte[]>> Frames = SampleMessages.All.ToDictionary(s => s.Type, s => s.Read);

    public static byte[] Choose(Decoder decoder, byte[] bytes) => [(byte)decoder, .. bytes];

    public static void Read(byte[] input)
    {
        if (input.Length == 0)
            return;

        byte[] bytes = input[1..];
        var sequence = new ReadOnlySequence<byte>(bytes);
        try
        {
            switch ((Decoder)input[0])
            {
                case Decoder.Frame:
                    MessageType type = new Frame(sequence).Type;
                    _ = FrameText.Of(new Frame(sequence));
                    if (Frames.TryGetValue(type, out Action<byte[]>? read))
                        read(bytes);
                    break;
                case Decoder.Details:
                    _ = Decoding.Read(sequence, CustomerDetails.Read);
                    break;
                case Decoder.Draft:
                    _ = Decoding.Read(sequence, OrderDraft.Read);
                    break;
                case Decoder.Answer:
                    _ = Answer.Read(sequence);
                    break;
                case Decoder.Effects:
                    EffectReader.Check(sequence);
                    break;
                case Decoder.OwnersBody:
                    _ = OwnerBodies.TrySplit(sequence, out _, out _);
                    break;
                default:
                    break;
            }
        }
        catch (ProtocolViolationException)
        {
            // malformed: what most inputs are
        }
    }
}
