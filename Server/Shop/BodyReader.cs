using System.Diagnostics.CodeAnalysis;
using JustHungry.Protocol.Framing;
using JustHungry.Protocol.Messages;
using JustHungry.Protocol.Ordering;
using MessagePack;

namespace JustHungry.Server.Shop;

/// <summary>Reads a request's whole body; false if it is malformed or followed by more bytes.</summary>
internal static class BodyReader
{
    public static bool TryReadLines(in UserRequest request, [NotNullWhen(true)] out CartLine[]? lines) =>
        Decoding.TryRead(request.Body, RequestBodies.ReadLines, out lines);

    public static bool TryReadOrderId(in UserRequest request, out int orderId) => Decoding.TryRead(request.Body, RequestBodies.ReadOrderId, out orderId);

    /// <summary>Whether the body is that of a request kind without one: nil, or nothing at all.</summary>
    public static bool IsNone(in UserRequest request) => request.Body.IsEmpty || (request.Body.Length == 1 && request.Body.FirstSpan[0] == MessagePackCode.Nil);
}
