using System.Runtime.InteropServices;

namespace JustHungry.Server.Shop;

/// <summary>What the shop decided on a request. Its bytes are the shop's own, and stand until the next execution: send or append them before.</summary>
/// <param name="Answer">Empty if <see cref="ExecutionResult.NeedsPostcode"/>.</param>
/// <param name="Effects">The entry's content; empty unless <see cref="ExecutionResult.Entry"/>.</param>
/// <param name="Postcode">As it will be stored: what the postcode service is to be asked. Null unless <see cref="ExecutionResult.NeedsPostcode"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Execution(ExecutionResult Result, ReadOnlyMemory<byte> Answer, ReadOnlyMemory<byte> Effects, string? Postcode)
{
    public static Execution Answered(ReadOnlyMemory<byte> answer) => new(ExecutionResult.Answered, answer, default, null);

    public static Execution Entry(ReadOnlyMemory<byte> effects, ReadOnlyMemory<byte> answer) => new(ExecutionResult.Entry, answer, effects, null);

    public static Execution NeedsPostcode(string postcode) => new(ExecutionResult.NeedsPostcode, default, default, postcode);
}

/// <summary>What came of an execution.</summary>
internal enum ExecutionResult : byte
{
    /// <summary>Answered without an entry: a retrieval, a repetition, or an answer that depends on the request alone.</summary>
    Answered = 1,

    /// <summary>An update took place or was refused: its effects must be appended as an entry, and applied.</summary>
    Entry = 2,

    /// <summary>Ask the postcode service, then execute again with its verdict. Nothing was written.</summary>
    NeedsPostcode = 3,
}
